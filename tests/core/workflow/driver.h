// SPDX-License-Identifier: MIT
// Drives one run without a server: each call is one activation and returns its commands as text, one a line.
#pragma once

#include <memory>
#include <string>

#include <fmt/format.h>

#include "core/base/time.h"
#include "core/payload/failure.h"
#include "core/workflow/registry.h"

namespace orrery::test {

namespace def = orrery::definition;

inline std::string shown(const payload::Payload& payload) {
    return payload.encoding() == "binary/null" ? "null" : payload.data;
}

inline std::string shown(const payload::Payloads& payloads) {
    std::string text;
    for (const auto& each : payloads) text += (text.empty() ? "" : ", ") + shown(each);
    return "(" + text + ")";
}

inline std::string shown(const payload::FailureData& failure) {
    std::string text = failure.message;
    if (const auto* kind = std::get_if<payload::ApplicationFailureData>(&failure.kind)) {
        text = (kind->type.empty() ? "Application" : kind->type) + ": " + text;
    } else if (std::holds_alternative<payload::CancelledFailureData>(failure.kind)) {
        text = "Cancelled: " + text;
    }
    return failure.cause ? text + " <- " + shown(*failure.cause) : text;
}

struct CommandText {
    std::string operator()(const def::command::StartTimer& c) const {
        return fmt::format("StartTimer {} {}", c.seq, base::formatDuration(c.startToFire));
    }
    std::string operator()(const def::command::CancelTimer& c) const { return fmt::format("CancelTimer {}", c.seq); }
    std::string operator()(const def::command::ScheduleActivity& c) const {
        return fmt::format("ScheduleActivity {} {}{}", c.seq, c.activityType, shown(c.arguments));
    }
    std::string operator()(const def::command::RequestCancelActivity& c) const {
        return fmt::format("RequestCancelActivity {}", c.seq);
    }
    std::string operator()(const def::command::CompleteWorkflow& c) const { return "Complete " + shown(c.result); }
    std::string operator()(const def::command::FailWorkflow& c) const { return "Fail " + shown(c.failure); }
    std::string operator()(const def::command::CancelWorkflowExecution&) const { return "Cancel"; }
    std::string operator()(const def::command::ContinueAsNew& c) const {
        std::string text = "ContinueAsNew " + c.options.workflowType() + shown(c.arguments);
        for (const auto& [name, value] : c.options.memo()) text += " memo " + name + "=" + shown(value);
        for (const auto& [name, value] : c.options.searchAttributes())
            text += " attribute " + name + "=" + shown(value);
        return text;
    }
    std::string operator()(const def::command::QueryResult& c) const {
        if (const auto* value = std::get_if<payload::Payload>(&c.result)) return "Answer " + shown(*value);
        return "NoAnswer " + shown(std::get<payload::FailureData>(c.result));
    }
    std::string operator()(const def::command::UpdateResponse& c) const {
        if (std::holds_alternative<def::command::UpdateAccepted>(c.response)) return "Accepted " + c.protocolInstanceId;
        if (const auto* no = std::get_if<def::command::UpdateRejected>(&c.response))
            return "Rejected " + shown(no->failure);
        const auto& outcome = std::get<def::command::UpdateCompleted>(c.response).outcome;
        if (const auto* value = std::get_if<payload::Payload>(&outcome)) return "Updated " + shown(*value);
        return "UpdateFailed " + shown(std::get<payload::FailureData>(outcome));
    }
    std::string operator()(const def::command::SetPatchMarker& c) const {
        return fmt::format("Patch {}{}", c.patchId, c.deprecated ? " deprecated" : "");
    }
    std::string operator()(const def::command::StartChildWorkflow& c) const {
        return fmt::format("StartChild {} {} {}{}", c.seq, c.options.id(), c.workflowType, shown(c.arguments));
    }
    std::string operator()(const def::command::CancelChildWorkflow& c) const {
        return fmt::format("CancelChild {} {}", c.childSeq, c.reason);
    }
    std::string operator()(const def::command::SignalExternalWorkflow& c) const {
        return fmt::format("Signal {} {} {} {}{}", c.seq, c.childWorkflowOnly ? "child" : "external",
                           c.target.workflowId, c.signalName, shown(c.arguments));
    }
    std::string operator()(const def::command::RequestCancelExternalWorkflow& c) const {
        return fmt::format("CancelExternal {} {} {}", c.seq, c.target.workflowId, c.reason);
    }
    template <class Other>
    std::string operator()(const Other& other) const {
        return std::string(def::commandName(def::Command(other)));
    }
};

inline std::string shown(const def::Completion& completion) {
    if (completion.taskFailure) return "TaskFailure " + shown(*completion.taskFailure);
    std::string text;
    for (const auto& command : completion.commands)
        text += (text.empty() ? "" : "\n") + std::visit(CommandText(), command);
    return text;
}

class Driver {
public:
    template <class... A>
    Driver(const workflow::WorkflowRegistry& registry, const std::string& type, const A&... arguments)
        : m_instance(registry.create(type)) {
        m_init.namespaceName = "default";
        m_init.taskQueue = "samples";
        m_init.workflowId = "id-1";
        m_init.workflowType = type;
        m_init.arguments = payload::defaultConverter().toPayloads(arguments...);
        m_init.randomSeed = 7;
    }

    def::job::InitializeWorkflow& init() { return m_init; }
    def::Activation& next() { return m_next; }
    const def::Completion& last() const { return m_last; }

    /// The first activation, with more jobs behind the first.
    std::string begin(std::vector<def::Job> jobs = {}) {
        jobs.insert(jobs.begin(), m_init);
        return run(std::move(jobs));
    }
    std::string run(std::vector<def::Job> jobs) {
        m_next.runId = "run-1";
        m_next.jobs = std::move(jobs);
        m_last = m_instance->activate(m_next);
        return shown(m_last);
    }

    std::string fire(def::Seq seq) { return run({def::job::FireTimer{seq}}); }
    template <class T>
    std::string complete(def::Seq seq, const T& value) {
        return run({completed(seq, value)});
    }
    template <class... A>
    std::string signal(const std::string& name, const A&... arguments) {
        return run({signalled(name, arguments...)});
    }
    template <class... A>
    std::string query(const std::string& name, const A&... arguments) {
        def::job::QueryWorkflow query;
        query.id = "q";
        query.name = name;
        query.arguments = payload::defaultConverter().toPayloads(arguments...);
        return run({query});
    }
    template <class... A>
    std::string update(const std::string& name, const A&... arguments) {
        return run({updated(name, arguments...)});
    }
    std::string cancel(const std::string& reason = {}) { return run({def::job::CancelWorkflow{reason}}); }
    std::string failActivity(def::Seq seq, const payload::Failure& cause) {
        return run({def::job::ResolveActivity{seq, def::Failed{activityFailure(cause)}, false}});
    }
    std::string cancelActivity(def::Seq seq) {
        return run(
            {def::job::ResolveActivity{seq, def::Cancelled{activityFailure(payload::CancelledFailure())}, false}});
    }

    template <class T>
    static def::Job completed(def::Seq seq, const T& value) {
        return def::job::ResolveActivity{seq, def::Completed{payload::defaultConverter().toPayload(value)}, false};
    }
    template <class... A>
    static def::Job signalled(const std::string& name, const A&... arguments) {
        def::job::SignalWorkflow signal;
        signal.name = name;
        signal.arguments = payload::defaultConverter().toPayloads(arguments...);
        return signal;
    }
    template <class... A>
    static def::job::DoUpdate updated(const std::string& name, const A&... arguments) {
        def::job::DoUpdate update;
        update.id = "u";
        update.protocolInstanceId = "u";
        update.name = name;
        update.arguments = payload::defaultConverter().toPayloads(arguments...);
        return update;
    }
    /// As the engine wraps it.
    static payload::FailureData activityFailure(const payload::Failure& cause) {
        payload::FailureData data;
        data.message = "Activity task failed";
        payload::ActivityFailureData kind;
        kind.activityType = "work";
        kind.activityId = "1";
        data.kind = kind;
        data.cause = std::make_shared<const payload::FailureData>(cause.data());
        return data;
    }

private:
    std::unique_ptr<def::WorkflowInstance> m_instance;
    def::job::InitializeWorkflow m_init;
    def::Activation m_next;
    def::Completion m_last;
};

}  // namespace orrery::test
