// SPDX-License-Identifier: MIT
#include "views/screens/debugger/replay_format.h"

#include <QCoreApplication>
#include <QStringList>

#include "views/shared/group_text.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"

namespace orrery::ui::debugger {
namespace {

using namespace shared;
using history::Event;
using history::EventCategory;

constexpr int kNamesShown = 3;

QString say(const char* words) { return QCoreApplication::translate("Replay", words); }

/// The name that the event or the group it belongs to goes by.
QString nameOf(const HistoryView& view, const Event& event) {
    if (const int group = view.groupIndexOf(event.id()); group >= 0) {
        return groupName(view.groups->list[static_cast<size_t>(group)]);
    }
    return text(event.name());
}

/// How an event that came in ended what it belongs to: "completed", "fired"; nothing for those that begin something.
QString endWord(const Event& event) {
    static const std::pair<const char*, const char*> kEnds[] = {
        {"TimedOut", "timed out"}, {"Completed", "done"}, {"Canceled", "cancelled"}, {"Terminated", "terminated"},
        {"Failed", "failed"},      {"Fired", "fired"},    {"Started", "started"}};
    const std::string type = event.typeName();
    for (const auto& [end, word] : kEnds) {
        if (type.ends_with(end)) return say(word);
    }
    return {};
}

QString jobWords(const HistoryView& view, const Event& event) {
    if (event.typeName() == "WorkflowExecutionStarted") return say("started");
    if (event.typeName() == "WorkflowExecutionCancelRequested") return say("cancel requested");
    const QString name = nameOf(view, event);
    if (event.category() == EventCategory::Signal) return say("signal %1").arg(name);
    if (event.category() == EventCategory::Update) return say("update %1").arg(name);
    return QStringLiteral("%1 %2").arg(name, endWord(event)).trimmed();
}

QString commandWords(const HistoryView& view, const Event& event) {
    const std::string type = event.typeName();
    if (type == "WorkflowExecutionCompleted") return say("completed");
    if (type == "WorkflowExecutionContinuedAsNew") return say("continued as new");
    if (event.category() == EventCategory::Workflow) return endWord(event);
    if (type == "TimerStarted") return say("timer %1").arg(nameOf(view, event));
    if (type.ends_with("CancelRequested") || type.ends_with("Canceled"))
        return say("cancels %1").arg(nameOf(view, event));
    if (type == "WorkflowExecutionUpdateCompleted") return say("answers %1").arg(nameOf(view, event));
    const QString name = nameOf(view, event);
    return name.isEmpty() ? eventWord(type).toLower() : name;
}

/// Whether the event wakes the run: that an attempt has begun, or that a server took a request, does not.
bool wakes(const Event& event) {
    const std::string type = event.typeName();
    if (type == "WorkflowExecutionStarted" || type == "ChildWorkflowExecutionStarted") return true;
    return !type.ends_with("Started") && !type.ends_with("Initiated") && type != "WorkflowExecutionUpdateCompleted";
}

QString joined(QStringList words) {
    words.removeAll(QString());
    const qsizetype more = words.size() - kNamesShown;
    if (more > 0) {
        words = words.mid(0, kNamesShown);
        words.last() += say(" and %1 more").arg(more);
    }
    return words.join(QStringLiteral(", "));
}

}  // namespace

QString taskWords(const HistoryView& view, const replay::TaskInfo& task, int64_t afterEvent) {
    QStringList jobs;
    QStringList commands;
    const int64_t taken = task.startedEventId != 0 ? task.startedEventId : task.scheduledEventId;
    for (int64_t id = afterEvent + 1; id <= std::max(task.lastEventId, taken); ++id) {
        const auto event = view.history->find(id);
        if (!event || event->category() == EventCategory::WorkflowTask) continue;
        if (id < taken || event->typeName() == "WorkflowExecutionUpdateAccepted") {
            // An update is recorded only once the code has taken it, and yet it is what came in.
            if (wakes(*event)) jobs << jobWords(view, *event);
        } else if (task.closedEventId != 0 && id > task.closedEventId) {
            commands << commandWords(view, *event);
        }
    }
    const QString came = jobs.isEmpty() ? say("woken") : joined(jobs);
    using State = replay::TaskState;
    if (task.state == State::Failed) return say("%1 → task failed").arg(came);
    if (task.state == State::TimedOut) return say("%1 → task timed out").arg(came);
    if (task.state != State::Completed) return say("%1 → not answered yet").arg(came);
    return QStringLiteral("%1 → %2").arg(came, commands.isEmpty() ? say("nothing") : joined(commands));
}

QString functionWords(const std::string& spelled) {
    // Up to the parameters; brackets of template arguments do not count.
    const QString all = text(spelled).remove(QStringLiteral("(anonymous namespace)::"));
    int depth = 0;
    qsizetype end = all.size();
    qsizetype begin = 0;
    for (qsizetype i = 0; i < all.size() && end == all.size(); ++i) {
        const QChar c = all[i];
        if (c == u'<' || c == u'[') ++depth;
        if (c == u'>' || c == u']') --depth;
        if (depth == 0 && c == u' ') begin = i + 1;
        if (depth == 0 && c == u'(') end = i;
    }
    QStringList parts = all.mid(begin, end - begin).split(QStringLiteral("::"), Qt::SkipEmptyParts);
    while (!parts.isEmpty() && (parts.first().startsWith(u'&') || parts.first().startsWith(u'*'))) {
        parts.first().remove(0, 1);
    }
    return parts.mid(std::max<qsizetype>(0, parts.size() - 2)).join(QStringLiteral("::"));
}

QString placeWords(const replay::SourceLine& place) {
    if (!place.known()) return {};
    const QString file = text(place.file);
    return QStringLiteral("%1:%2").arg(file.mid(file.lastIndexOf(u'/') + 1)).arg(place.line);
}

Look commandLook(const std::string& kind) {
    const auto has = [&](const char* word) { return kind.find(word) != std::string::npos; };
    if (has("activity")) return {Role::Activity, Icon::Activity, {}};
    if (has("timer")) return {Role::Timer, Icon::Timer, {}};
    if (has("child")) return {Role::Child, Icon::Child, {}};
    if (has("signal") || has("external")) return {Role::Signal, Icon::Signal, {}};
    if (has("update")) return {Role::Update, Icon::Update, {}};
    if (has("nexus")) return {Role::Nexus, Icon::Nexus, {}};
    if (has("patch") || has("marker") || has("memo") || has("attributes")) return {Role::Marker, Icon::Marker, {}};
    return {Role::Secondary, Icon::Workflow, {}};
}

QString verdictWords(const replay::ComparedCommand& command) {
    const QString line = command.source.known() ? say(", line %1").arg(command.source.line) : QString();
    switch (command.verdict) {
        case replay::Verdict::Same: return say("same");
        case replay::Verdict::Soft: return say("differs silently") + line;
        case replay::Verdict::Hard: return say("differs") + line;
        case replay::Verdict::Open: return command.recorded ? say("not compared") : say("not recorded yet");
    }
    return {};
}

}  // namespace orrery::ui::debugger
