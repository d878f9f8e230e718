// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <vector>

#include "core/definition/activation.h"
#include "core/definition/workflow_info.h"
#include "core/payload/converter.h"
#include "core/workflow/future.h"
#include "core/workflow/random.h"
#include "core/workflow/scheduler.h"

namespace orrery::workflow {

using base::Duration;
using base::Timestamp;
using definition::ActivityOptions;
using definition::Command;
using definition::ContinueAsNewOptions;
using definition::RetryPolicy;
using definition::Seq;
using definition::WorkflowInfo;
using payload::Payload;
using payload::Payloads;

/// Throws base::Error(Internal): the engine resolved what this code never began.
[[noreturn]] void throwNeverAsked(const char* what, Seq seq);

/// The state behind the authoring API (workflow.h) of one run: pending operations, commands of the present activation,
/// and the scheduler. workflow code does not use it directly. One thread at a time.
class Runtime {
public:
    explicit Runtime(payload::DataConverter converter);
    ~Runtime();

    /// The run whose code is executing on this thread. Throws base::Error(FailedPrecondition) outside workflow code.
    static Runtime& current();

    /// Makes a run the current one of the thread for as long as it lives.
    class Entry {
    public:
        explicit Entry(Runtime& runtime);
        ~Entry();

    private:
        Runtime* m_before;
    };

    /// While it lives, commands are refused with a message that names who tried.
    class ReadOnly {
    public:
        ReadOnly(Runtime& runtime, std::string who);
        ~ReadOnly();

    private:
        Runtime& m_runtime;
        std::string m_before;
    };

    Scheduler& scheduler() { return m_scheduler; }
    const Scheduler& scheduler() const { return m_scheduler; }
    const payload::DataConverter& converter() const { return m_converter; }
    WorkflowInfo& info() { return m_info; }
    Random& random() { return m_random; }
    Timestamp now() const { return m_now; }
    bool isReplaying() const { return m_replaying; }
    void beginActivation(const definition::Activation& activation);
    /// The commands given since the activation began.
    std::vector<Command> takeCommands();
    /// Where the code asked for each of them; empty unless the activation is observed.
    std::vector<std::source_location> takeSources();
    bool observed() const { return m_scheduler.observed(); }

    /// Throws base::Error(FailedPrecondition) in read-only code.
    void requireWritable(std::string_view action) const;
    /// `source` is the line of the workflow's code that asks, which is looked for when it is not given.
    void issue(Command command, const std::source_location& source = {});

    Future<void> startTimer(Duration duration, const std::string& summary, const std::source_location& source = {});
    template <class R>
    Future<R> startActivity(definition::command::ScheduleActivity command, const std::source_location& source = {}) {
        auto state = std::make_shared<DecodedState<R>>();
        scheduleActivity(std::move(command), state, source);
        return Future<R>(state);
    }

    /// `started` resolves to the run id. Both fail when the child could not be started.
    void startChild(definition::command::StartChildWorkflow command,
                    const std::shared_ptr<FutureState<std::string>>& started, const std::shared_ptr<FutureCore>& result,
                    const std::source_location& source = {});
    Future<void> signalExternal(definition::command::SignalExternalWorkflow command,
                                const std::source_location& source = {});
    Future<void> cancelExternal(definition::command::RequestCancelExternalWorkflow command,
                                const std::source_location& source = {});

    /// Cancels the future together with the scope of the running code.
    void bindToScope(const std::shared_ptr<FutureCore>& state);
    /// False, with the future failed, when the scope of the running code is already cancelled.
    bool openScope(FutureCore& state);

    void fireTimer(Seq seq);
    void resolveActivity(Seq seq, const definition::Resolution& result);

    void resolveChildStart(const definition::job::ResolveChildWorkflowStart& job);
    void resolveChild(Seq seq, const definition::Resolution& result);
    void resolveSignalExternal(Seq seq, const std::optional<payload::FailureData>& failure);
    void resolveCancelExternal(Seq seq, const std::optional<payload::FailureData>& failure);

    bool patched(const std::string& id, bool deprecated, const std::source_location& source = {});
    void notifyPatch(const std::string& id) { m_knownPatches.insert(id); }

    std::string& currentDetails() { return m_currentDetails; }
    int runningHandlers() const { return m_runningHandlers; }
    /// Counts a signal or update handler as long as it lives.
    class HandlerMark {
    public:
        explicit HandlerMark(Runtime& runtime) : m_runtime(runtime) { ++m_runtime.m_runningHandlers; }
        ~HandlerMark() { --m_runtime.m_runningHandlers; }
        HandlerMark(const HandlerMark&) = delete;

    private:
        Runtime& m_runtime;
    };

private:
    struct Child {
        std::shared_ptr<FutureState<std::string>> started;
        std::shared_ptr<FutureCore> result;
        std::string workflowId;
        std::string workflowType;
    };
    using Sent = std::map<Seq, std::shared_ptr<FutureState<void>>>;

    void scheduleActivity(definition::command::ScheduleActivity command, const std::shared_ptr<FutureCore>& state,
                          const std::source_location& source);
    void resolve(FutureCore& future, const definition::Resolution& result) const;
    static void resolveSent(Sent& sent, const char* what, Seq seq, const std::optional<payload::FailureData>& failure);

    payload::DataConverter m_converter;
    WorkflowInfo m_info;
    Random m_random{0};
    Timestamp m_now;
    bool m_replaying = false;
    bool m_closing = false;
    /// Who runs read-only, for messages: "query 'status'"; empty when writing is allowed.
    std::string m_readOnly;
    std::vector<Command> m_commands;
    std::vector<std::source_location> m_sources;
    Seq m_lastTimer = 0;
    Seq m_lastActivity = 0;
    std::map<Seq, std::shared_ptr<FutureState<void>>> m_timers;
    std::map<Seq, std::shared_ptr<FutureCore>> m_activities;
    Seq m_lastChild = 0;
    Seq m_lastSignal = 0;
    Seq m_lastCancel = 0;
    std::map<Seq, Child> m_children;
    Sent m_signals;
    Sent m_cancels;
    std::set<std::string> m_knownPatches;
    std::map<std::string, bool> m_askedPatches;
    std::string m_currentDetails;
    int m_runningHandlers = 0;
    Scheduler m_scheduler;
};

}  // namespace orrery::workflow
