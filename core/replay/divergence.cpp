// SPDX-License-Identifier: MIT
#include "core/replay/divergence.h"

#include <algorithm>

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>
#include <temporal/api/update/v1/message.pb.h>

#include "core/payload/render.h"
#include "core/replay/words.h"

namespace orrery::replay {
namespace {

constexpr size_t kValueLength = 300;
constexpr const char* kCure =
    "A worker with this code fails runs that have this history; undo the change, or keep the old way for them behind "
    "workflow::patched().";

class Teller {
public:
    Teller(const Plan& plan, const Stretch& stretch, const Player::Played& played, const std::vector<Waiter>& waiting)
        : m_task(plan.overview.tasks[static_cast<size_t>(stretch.task) - 1]),
          m_plan(plan),
          m_played(played),
          m_waiting(waiting) {
        m_out.task = stretch.task;
        m_out.taskStartedEventId = stretch.startedEventId;
    }

    Divergence soft(const Parting& parting) {
        m_out.severity = Verdict::Soft;
        m_out.eventId = parting.recorded->eventId;
        m_out.source = parting.produced->source;
        const std::string& name = parting.differing.front();
        const std::string before = valueOf(*parting.recorded, name);
        const std::string after = valueOf(*parting.produced, name);
        m_out.expected = withField(*parting.recorded, name, before);
        m_out.actual = withField(*parting.produced, name, after);
        std::string asked = parting.recorded->text;
        if (asked.ends_with(", " + before)) asked.erase(asked.size() - before.size() - 2);
        m_out.sentence = fmt::format(
            "In workflow task {} the recorded run asked for {} with the {} {} (event {}), but this code gives {}{}. No "
            "worker notices: open runs keep what is recorded, and only new ones get the other. If that is not meant, "
            "undo the change or put it behind workflow::patched().",
            m_out.task, asked, name, before, m_out.eventId, after, at());
        return std::move(m_out);
    }

    Divergence hard(const Parting& parting) {
        if (parting.produced) {
            m_out.source = parting.produced->source;
            m_out.actual = parting.produced->text;
        }
        if (parting.recorded) {
            m_out.eventId = parting.recorded->eventId;
            m_out.expected = parting.recorded->text;
        }
        if (!parting.recorded) return more();
        if (foreign(*parting.recorded)) return std::move(m_out);
        if (!parting.produced) return less(*parting.recorded);
        m_out.sentence =
            fmt::format("In workflow task {} the recorded run asked for {} (event {}), but this code asks for {}{}. {}",
                        m_out.task, m_out.expected, m_out.eventId, m_out.actual, at(), cureFor(*parting.recorded));
        return std::move(m_out);
    }

    Divergence threw(const definition::FailureData& failure, const std::vector<Side>& recorded) {
        m_out.eventId = recorded.empty() ? m_task.closedEventId : recorded.front().eventId;
        m_out.expected = recorded.empty() ? "no command" : recorded.front().text;
        m_out.actual = "an error: " + failure.message;
        waitingLine();
        m_out.sentence = fmt::format(
            "In workflow task {} the recorded run asked for {} (event {}), but this code fails the workflow task with "
            "the error: {}{} A worker would try the task again and again until code that can do it is there.",
            m_out.task, m_out.expected, m_out.eventId, failure.message, failure.message.ends_with('.') ? "" : ".");
        return std::move(m_out);
    }

    Divergence refused(const machines::Nondeterminism& data) {
        m_out.eventId = data.eventId;
        m_out.expected = data.expected;
        m_out.actual = data.actual;
        waitingLine();
        m_out.sentence = fmt::format(
            "After workflow task {} the history has {}, but this code has {}, so the event has nothing to go to. {}",
            m_out.task, data.expected, data.actual, kCure);
        return std::move(m_out);
    }

    Divergence broken(const std::string& message) {
        m_out.eventId = m_task.closedEventId > 0 ? m_task.closedEventId : m_task.startedEventId;
        m_out.expected = "the events after workflow task " + std::to_string(m_out.task);
        m_out.actual = message;
        waitingLine();
        m_out.sentence = fmt::format("After workflow task {} the replay cannot go on: {}", m_out.task, message);
        return std::move(m_out);
    }

private:
    std::string at() const { return m_out.source.known() ? ", at " + placeOf(m_out.source) : ""; }

    static std::string valueOf(const Side& side, const std::string& name) {
        for (const SideField& field : side.fields) {
            if (field.shown.name == name) return payload::ellipsize(field.shown.value, kValueLength);
        }
        return "(none)";
    }

    static std::string withField(const Side& side, const std::string& name, const std::string& value) {
        if (side.text.ends_with(value)) return side.text;
        return fmt::format("{}, {}: {}", side.text, name, value);
    }

    static std::string cureFor(const Side& recorded) {
        if (recorded.patchId.empty()) return kCure;
        return fmt::format(
            "Runs that have passed this patch are still about: leave workflow::deprecatePatch(\"{}\") in its place "
            "until "
            "none of them is.",
            recorded.patchId);
    }

    /// What no C++ workflow can have asked for.
    bool foreign(const Side& recorded) {
        if (recorded.kind != "marker" && recorded.kind != "nexus") return false;
        if (m_out.actual.empty()) m_out.actual = "nothing like it";
        m_out.sentence = fmt::format(
            "In workflow task {} event {} records {}, by which another SDK keeps something that C++ workflows do not "
            "have, so this history can be replayed only up to here.",
            m_out.task, m_out.eventId, m_out.expected);
        return true;
    }

    Divergence more() {
        m_out.eventId = m_task.lastEventId;
        std::string where = fmt::format("the history ends with event {}", m_task.lastEventId);
        const HistoryEvent* next = m_plan.event(m_task.lastEventId + 1);
        if (next) {
            m_out.eventId = next->event_id();
            where = machines::describeEvent(*next) + " follows";
        }
        m_out.expected = next ? "nothing more before " + machines::describeEvent(*next) : "nothing more";
        m_out.sentence = fmt::format(
            "In workflow task {} the recorded run asked for nothing more ({}), but this code also asks for {}{}. {}",
            m_out.task, where, m_out.actual, at(), kCure);
        return std::move(m_out);
    }

    Divergence less(const Side& recorded) {
        std::string instead;
        if (const auto reason = refusedUpdate(recorded)) {
            m_out.actual = "a refusal: " + *reason;
            instead = "refuses it: " + *reason + (reason->ends_with('.') ? "" : ".");
        } else if (m_waiting.empty()) {
            m_out.actual = "nothing: the run has ended";
            instead = "has already ended.";
        } else {
            waitingLine();
            const std::string waits = m_waiting.front().waitsFor.empty() ? "something else" : waitsFor();
            m_out.actual = "nothing: it waits for " + waits;
            instead = fmt::format("does not; it waits for {}{}.", waits, at());
        }
        m_out.sentence =
            fmt::format("In workflow task {} the recorded run asked for {} (event {}), but this code {} {}", m_out.task,
                        m_out.expected, m_out.eventId, instead, cureFor(recorded));
        return std::move(m_out);
    }

    std::string waitsFor() const { return m_waiting.front().waitsFor; }

    void waitingLine() {
        for (const Waiter& one : m_waiting) {
            if (one.stack.empty()) continue;
            m_out.source = one.stack.front();
            return;
        }
    }

    std::optional<std::string> refusedUpdate(const Side& recorded) const {
        if (recorded.kind != "accept update") return std::nullopt;
        for (const WireMessage& message : m_played.said.messages) {
            temporal::api::update::v1::Rejection rejection;
            if (message.protocol_instance_id() == recorded.fields.front().shown.value &&
                message.body().UnpackTo(&rejection)) {
                return rejection.failure().message();
            }
        }
        return std::nullopt;
    }

    const TaskInfo& m_task;
    const Plan& m_plan;
    const Player::Played& m_played;
    const std::vector<Waiter>& m_waiting;
    Divergence m_out;
};

}  // namespace

std::optional<Divergence> divergenceOf(const Plan& plan, const Stretch& stretch, const std::vector<Side>& recorded,
                                       const Comparison& comparison, const Player::Played& played,
                                       const std::vector<Waiter>& waiting) {
    Teller teller(plan, stretch, played, waiting);
    if (played.threw) return teller.threw(*played.threw, recorded);
    if (comparison.parting && comparison.parting->severity == Verdict::Hard) return teller.hard(*comparison.parting);
    if (played.refused) return teller.refused(*played.refused);
    if (played.broken) return teller.broken(*played.broken);
    if (comparison.parting) return teller.soft(*comparison.parting);
    return std::nullopt;
}

}  // namespace orrery::replay
