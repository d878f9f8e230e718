// SPDX-License-Identifier: MIT
#include "views/panels/payload/event_facts.h"

#include <QCoreApplication>
#include <string_view>

#include "core/base/clock.h"
#include "views/shared/group_text.h"
#include "views/shared/json_format.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"

namespace orrery::ui::payload {

using history::Event;
using history::EventGroup;
using history::Node;
using shared::text;

namespace {

QString tr(const char* source) { return QCoreApplication::translate("inspector", source); }

const Node* findKey(const Node& node, std::string_view key) {
    for (const Node& child : node.children) {
        if (child.key == key) return &child;
    }
    for (const Node& child : node.children) {
        if (const Node* found = findKey(child, key)) return found;
    }
    return nullptr;
}

void collectPayloads(const Node& node, QStringList& out) {
    if (node.kind == Node::Kind::Payload && !node.value.empty()) {
        out += shared::prettyJson(text(node.value));
        return;
    }
    for (const Node& child : node.children) collectPayloads(child, out);
}

void collect(const Node& attributes, std::string_view key, QStringList& out) {
    if (!out.isEmpty()) return;
    if (const Node* node = findKey(attributes, key)) collectPayloads(*node, out);
}

QString failureText(const Node& failure) {
    QStringList lines;
    for (const Node* at = &failure; at;) {
        const Node* cause = nullptr;
        QString message;
        QString stack;
        for (const Node& child : at->children) {
            if (child.key == "message") message = text(child.value);
            if (child.key == "stackTrace") stack = text(child.value);
            if (child.key == "cause") cause = &child;
        }
        if (message.isEmpty()) message = text(at->value);
        if (!message.isEmpty()) lines += lines.isEmpty() ? message : tr("caused by: %1").arg(message);
        if (!stack.isEmpty()) lines += stack.trimmed();
        at = cause;
    }
    return lines.join(QLatin1Char('\n'));
}

class Collector {
public:
    Collector(EventFacts& facts, base::Timestamp now) : m_facts(facts), m_now(now) {}

    void add(const QString& name, const QString& value, bool isId = false) {
        if (value.isEmpty()) return;
        for (const Fact& fact : m_facts.facts) {
            if (fact.name == name) return;
        }
        m_facts.facts.push_back({name, value, isId});
    }

    void addGroup(const EventGroup& group) {
        add(tr("State"), shared::look(group.state).word);
        if (group.scheduled) add(tr("Scheduled"), shared::timeText(*group.scheduled, m_now, true));
        if (const auto waited = shared::groupWaited(group)) add(tr("Waited"), shared::durationText(*waited));
        if (const auto ran = shared::groupRan(group, m_now)) {
            QString value = shared::durationText(*ran);
            if (group.attempts > 1) value += tr(", %1 attempts").arg(group.attempts);
            if (group.attempts == 1 && group.kind == history::GroupKind::Activity) value += tr(", attempt 1");
            add(tr("Ran"), value);
        }
        if (group.due && history::isOpen(group.state)) add(tr("Due"), shared::relativeText(*group.due, m_now));
        add(tr("Id"), text(group.id), true);
        add(tr("Run"), text(group.runId), true);
    }

    void addEvent(const Event& event) {
        const Node attributes = event.attributes();
        collect(attributes, "input", m_facts.input);
        collect(attributes, "result", m_facts.result);
        collect(attributes, "success", m_facts.result);
        if (m_facts.failure.isEmpty()) {
            if (const Node* failure = findKey(attributes, "failure")) m_facts.failure = failureText(*failure);
        }
        addValue(attributes, "identity", tr("Worker"));
        addName(attributes, "taskQueue", tr("Queue"));
        QStringList timeOuts;
        static constexpr std::pair<const char*, const char*> kTimeOuts[] = {
            {"scheduleToCloseTimeout", "schedule to close"},
            {"scheduleToStartTimeout", "schedule to start"},
            {"startToCloseTimeout", "start to close"},
            {"heartbeatTimeout", "heartbeat"},
            {"startToFireTimeout", "fires after"},
            {"workflowExecutionTimeout", "execution"},
            {"workflowRunTimeout", "run"},
            {"workflowTaskTimeout", "task"}};
        for (const auto& [key, words] : kTimeOuts) {
            const Node* node = findKey(attributes, key);
            if (node && !node->value.empty() && node->value != "0 s" && node->value != "0s") {
                timeOuts += tr(words) + QLatin1Char(' ') + text(node->value);
            }
        }
        add(tr("Time-outs"), timeOuts.join(QStringLiteral(", ")));
    }

private:
    void addValue(const Node& attributes, std::string_view key, const QString& name) {
        if (const Node* node = findKey(attributes, key)) add(name, text(node->value));
    }
    void addName(const Node& attributes, std::string_view key, const QString& name) {
        const Node* node = findKey(attributes, key);
        if (!node) return;
        const Node* inner = findKey(*node, "name");
        add(name, text(inner ? inner->value : node->value));
    }

    EventFacts& m_facts;
    base::Timestamp m_now;
};

}  // namespace

EventFacts eventFacts(const shared::HistoryView& view, int64_t eventId, std::optional<base::Timestamp> now) {
    EventFacts facts;
    const auto event = view ? view.history->find(eventId) : std::nullopt;
    if (!event) return facts;
    Collector collector(facts, now ? *now : base::systemClock()->now());
    const int index = view.groupIndexOf(eventId);
    if (index < 0) {
        facts.title = shared::eventWord(event->typeName());
        facts.subtitle = text(event->name());
        facts.events = {eventId};
        if (event->time()) collector.add(tr("Time"), shared::exactTimeText(*event->time()));
        collector.addEvent(*event);
        return facts;
    }
    const EventGroup& group = view.groups->list[static_cast<size_t>(index)];
    facts.title = shared::groupName(group);
    facts.subtitle = shared::look(group.kind).word;
    facts.events = group.eventIds;
    collector.addGroup(group);
    // The worker that did the work stands in the latest event; inputs stand in the first.
    static constexpr size_t kMost = 64;
    for (size_t i = 0; i < group.eventIds.size() && i < kMost; ++i) {
        if (const auto member = view.history->find(group.eventIds[i])) collector.addEvent(*member);
    }
    if (facts.failure.isEmpty() && !group.lastFailure.empty()) facts.failure = text(group.lastFailure);
    return facts;
}

}  // namespace orrery::ui::payload
