// SPDX-License-Identifier: MIT
#include "app/cli/history_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/history/groups.h"

namespace orrery::cli {
namespace {

using history::EventGroup;
using history::GroupKind;
using history::GroupState;

constexpr size_t kBarWidth = 32;
constexpr size_t kMostRows = 200;
constexpr size_t kNameWidth = 30;

/// Where the run's time falls in a bar of kBarWidth characters.
class Scale {
public:
    Scale(base::Timestamp first, base::Timestamp last)
        : m_first(first), m_span(std::max<base::Duration>(last - first, base::Duration(1))) {}

    size_t column(base::Timestamp time) const {
        const double share = static_cast<double>((time - m_first).count()) / static_cast<double>(m_span.count());
        const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarWidth - 1);
        return static_cast<size_t>(std::lround(place));
    }
    base::Timestamp first() const { return m_first; }

private:
    base::Timestamp m_first;
    base::Duration m_span;
};

Scale scaleOf(const history::History& all) {
    std::optional<base::Timestamp> first;
    std::optional<base::Timestamp> last;
    for (size_t i = 0; i < all.size(); ++i) {
        const auto time = all[i].time();
        if (!time) continue;
        first = std::min(first.value_or(*time), *time);
        last = std::max(last.value_or(*time), *time);
    }
    return {first.value_or(base::Timestamp()), last.value_or(base::Timestamp())};
}

void fill(std::string& bar, size_t from, size_t to, char mark) {
    for (size_t i = from; i <= to && i < bar.size(); ++i) bar[i] = mark;
}

std::string barOf(const EventGroup& group, const Scale& scale) {
    std::string bar(kBarWidth, ' ');
    const auto begin = group.scheduled ? group.scheduled : group.started;
    if (!begin) return bar;
    const size_t from = scale.column(*begin);
    const size_t to = group.closed ? scale.column(*group.closed) : kBarWidth - 1;
    fill(bar, from, to, '-');
    if (group.started) fill(bar, scale.column(*group.started), to, '=');
    if (group.closed && (group.scheduled == group.closed || group.started == group.closed)) bar[from] = '*';
    if (!group.closed && isOpen(group.state)) bar.back() = '>';
    if (group.state == GroupState::Failed || group.state == GroupState::TimedOut) bar[to] = 'x';
    return bar;
}

std::string stateOf(const EventGroup& group) {
    std::string text(history::groupStateName(group.state));
    if (group.kind == GroupKind::Timer && group.state == GroupState::Completed) text = "Fired";
    if (group.kind == GroupKind::Signal || group.kind == GroupKind::Marker || group.kind == GroupKind::Workflow) {
        if (group.state == GroupState::Completed) text.clear();
    }
    if (group.attempts > 1) {
        text += group.maximumAttempts ? fmt::format(", attempt {} of {}", group.attempts, *group.maximumAttempts)
                                      : fmt::format(", attempt {}", group.attempts);
    }
    return text;
}

std::string tookOf(const EventGroup& group) {
    const auto begin = group.scheduled ? group.scheduled : group.started;
    if (!begin || !group.closed || *group.closed == *begin) return {};
    return base::formatDuration(*group.closed - *begin);
}

/// Cells in characters, not bytes, so that columns stay straight.
std::string cell(const std::string& text, size_t width) {
    const std::string cut = payload::ellipsize(text, width);
    const auto characters = static_cast<size_t>(
        std::count_if(cut.begin(), cut.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    return cut + std::string(width - std::min(width, characters), ' ');
}

std::string rowOf(const EventGroup& group, const Scale& scale) {
    std::string line = fmt::format("{:>6}  |{}|  {} {} {:>11}  {}", group.firstEventId, barOf(group, scale),
                                   cell(std::string(history::groupKindName(group.kind)), 14),
                                   cell(group.name, kNameWidth), tookOf(group), stateOf(group));
    if (!group.detail.empty() && group.detail != group.name) {
        if (line.back() != ' ') line += "  ";
        line += group.detail;
    }
    while (line.back() == ' ') line.pop_back();
    return line + "\n";
}

/// Workflow tasks share one row: there are as many of them as of all the rest.
std::string taskRow(const std::vector<EventGroup>& groups, const Scale& scale) {
    std::string bar(kBarWidth, ' ');
    size_t count = 0;
    size_t failed = 0;
    for (const EventGroup& group : groups) {
        if (group.kind != GroupKind::WorkflowTask) continue;
        ++count;
        const bool bad = group.state == GroupState::Failed || group.state == GroupState::TimedOut;
        failed += bad ? 1 : 0;
        const auto when = group.closed ? group.closed : group.scheduled;
        if (when) bar[scale.column(*when)] = bad ? 'x' : '|';
    }
    if (count == 0) return {};
    return fmt::format("{:>6}  |{}|  workflow tasks: {}{}\n", "", bar, count,
                       failed == 0 ? std::string() : fmt::format(", {} failed", failed));
}

std::string header(const history::NamedHistory& named, const history::Summary& summary) {
    std::string out = fmt::format("{}\n{}", named.file, summary.workflowType.value_or("(type unknown)"));
    if (!summary.workflowId.empty()) out += "  " + summary.workflowId;
    out += fmt::format("  {}\n", history::workflowStatusName(summary.status));
    const auto line = [&](const char* label, const std::string& text) {
        if (!text.empty()) out += fmt::format("  {:<9} {}\n", label, text);
    };
    line("run", summary.runId);
    line("queue", summary.taskQueue);
    if (summary.parent) line("parent", summary.parent->workflowId + " " + summary.parent->runId);
    line("events", std::to_string(named.history->size()));
    if (summary.startTime) line("started", base::formatTimestamp(*summary.startTime));
    if (summary.closeTime) {
        std::string text = base::formatTimestamp(*summary.closeTime);
        if (summary.startTime) text += ", after " + base::formatDuration(*summary.closeTime - *summary.startTime);
        line("closed", text);
    }
    const auto values = [&](const char* label, const std::vector<payload::RenderedPayload>& items) {
        for (const auto& item : items) line(label, payload::ellipsize(item.text, 200));
    };
    values("input", summary.input);
    values("result", summary.result);
    line("next run", summary.continuedTo);
    return out;
}

std::string failureText(const history::FailureInfo& failure) {
    std::string out;
    const auto line = [&](const history::FailureInfo& info, const char* lead) {
        out += fmt::format("  {}{}{}{}\n", lead, info.type, info.type.empty() || info.message.empty() ? "" : ": ",
                           info.message);
    };
    line(failure, "");
    for (const auto& cause : failure.causes) line(cause, "caused by ");
    return out;
}

std::string failures(const std::vector<EventGroup>& groups, const history::Summary& summary, size_t most) {
    std::string out;
    if (summary.failure) out += "\nFailure of the run\n" + failureText(*summary.failure);
    std::vector<const EventGroup*> told;
    for (const EventGroup& group : groups) {
        if (!group.lastFailure.empty()) told.push_back(&group);
    }
    if (told.empty()) return out;
    out += "\nFailures\n";
    for (size_t i = 0; i < std::min(most, told.size()); ++i) {
        out += fmt::format("{:>6}  {} {}: {}\n", told[i]->firstEventId, history::groupKindName(told[i]->kind),
                           told[i]->name, payload::ellipsize(told[i]->lastFailure, 160));
    }
    if (told.size() > most) out += fmt::format("        ... and {} more (--all)\n", told.size() - most);
    return out;
}

}  // namespace

std::string historyText(const history::NamedHistory& named, bool all) {
    const history::Summary summary = named.history->summary();
    const history::Groups groups = history::groups(*named.history);
    const Scale scale = scaleOf(*named.history);
    const size_t most = all ? groups.list.size() : kMostRows;

    std::string out = header(named, summary) + "\n" + taskRow(groups.list, scale);
    size_t rows = 0;
    for (const EventGroup& group : groups.list) {
        if (group.kind == GroupKind::WorkflowTask) continue;
        if (++rows <= most) out += rowOf(group, scale);
    }
    if (rows > most) out += fmt::format("        ... and {} more rows (--all)\n", rows - most);
    out += failures(groups.list, summary, all ? groups.list.size() : 20);
    if (!named.notes.empty()) out += "\nNotes\n";
    for (const std::string& note : named.notes) out += "  " + note + "\n";
    return out;
}

}  // namespace orrery::cli
