// SPDX-License-Identifier: MIT
#include "core/workflow/instance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/workflow/metadata.h"
#include "core/workflow/workflow.h"

namespace orrery::workflow {
namespace {

using base::Error;
using base::ErrorCode;
namespace command = definition::command;
namespace job = definition::job;

/// The handler of this name, else the dynamic one, else null.
template <class Handlers>
const typename Handlers::mapped_type* handlerFor(const Handlers& handlers, const std::string& name) {
    auto found = handlers.find(name);
    if (found == handlers.end()) found = handlers.find("");
    return found == handlers.end() ? nullptr : &found->second;
}

template <class Handlers>
std::string namesOf(const Handlers& handlers) {
    std::vector<std::string> names;
    for (const auto& [name, handler] : handlers) names.push_back(name);
    return fmt::format("{}", fmt::join(names, " "));
}

WorkflowInfo infoFrom(const job::InitializeWorkflow& init) {
    WorkflowInfo info;
    info.namespaceName = init.namespaceName;
    info.taskQueue = init.taskQueue;
    info.workflowId = init.workflowId;
    info.workflowType = init.workflowType;
    info.attempt = init.attempt;
    info.startTime = init.startTime;
    info.parent = init.parent;
    info.root = init.root;
    info.executionTimeout = init.executionTimeout;
    info.runTimeout = init.runTimeout;
    info.taskTimeout = init.taskTimeout;
    info.retryPolicy = init.retryPolicy;
    info.cronSchedule = init.cronSchedule;
    info.firstExecutionRunId = init.firstExecutionRunId;
    info.continuedFromRunId = init.continuedFromRunId;
    info.continuedFailure = init.continuedFailure;
    info.lastCompletionResult = init.lastCompletionResult;
    info.headers = init.headers;
    info.memo = init.memo;
    info.searchAttributes = init.searchAttributes;
    return info;
}

}  // namespace

Instance::Instance(std::shared_ptr<const WorkflowType> type, DataConverter converter)
    : m_type(std::move(type)), m_runtime(std::move(converter)) {
    m_runtime.scheduler().onError([this](std::exception_ptr error) { fail(std::move(error)); });
}

Instance::~Instance() = default;

definition::Completion Instance::activate(const definition::Activation& activation) {
    const Runtime::Entry entry(m_runtime);
    try {
        m_runtime.beginActivation(activation);
        for (const definition::Job& each : activation.jobs) {
            std::visit([this](const auto& known) { apply(known); }, each);
        }
        // After the messages of the first task, so that run() finds what they have set.
        if (m_object && !m_started) {
            m_started = true;
            m_runtime.scheduler().start(runWorkflow(), m_runtime.scheduler().rootScope(), "run");
        }
        m_runtime.scheduler().drain();
    } catch (...) {
        fail(std::current_exception());
    }
    definition::Completion completion;
    completion.commands = m_runtime.takeCommands();
    completion.sources = m_runtime.takeSources();
    if (m_terminal) {
        completion.commands.push_back(*std::move(m_terminal));
        if (activation.observed) completion.sources.push_back(m_terminalSource);
    }
    m_terminal.reset();
    if (m_taskFailure) {
        completion.commands.clear();
        completion.sources.clear();
        completion.taskFailure = payload::failureData(m_taskFailure);
    }
    return completion;
}

void Instance::apply(const job::InitializeWorkflow& init) {
    m_runtime.info() = [&] {
        WorkflowInfo info = infoFrom(init);
        const WorkflowInfo& present = m_runtime.info();
        info.runId = present.runId;
        info.historyLength = present.historyLength;
        info.historySizeBytes = present.historySizeBytes;
        info.continueAsNewSuggested = present.continueAsNewSuggested;
        return info;
    }();
    m_runtime.random() = Random(init.randomSeed);
    m_arguments = init.arguments;
    try {
        m_object = m_type->construct(m_arguments, m_runtime.converter());
    } catch (const Failure& failure) {
        end(command::FailWorkflow{failure.data()});
    }
}

std::vector<definition::WaitingCoroutine> Instance::waiting() const { return m_runtime.scheduler().waiting(); }

void Instance::apply(const job::FireTimer& fired) { m_runtime.fireTimer(fired.seq); }

void Instance::apply(const job::ResolveActivity& resolved) { m_runtime.resolveActivity(resolved.seq, resolved.result); }

void Instance::apply(const job::SignalWorkflow& signal) {
    if (!m_object) return;
    m_runtime.scheduler().start(runSignal(signal), m_runtime.scheduler().rootScope(), "signal " + signal.name);
}

void Instance::apply(const job::QueryWorkflow& query) {
    command::QueryResult result;
    result.id = query.id;
    try {
        result.result = answer(query);
    } catch (...) {
        result.result = payload::failureData(std::current_exception());
    }
    m_runtime.issue(std::move(result));
}

void Instance::apply(const job::CancelWorkflow& cancel) {
    m_cancelRequested = true;
    m_runtime.scheduler().rootScope()->cancel(cancel.reason);
}

void Instance::apply(const job::DoUpdate& update) {
    m_runtime.scheduler().start(runUpdate(update), m_runtime.scheduler().rootScope(), "update " + update.name);
}

void Instance::apply(const job::NotifyHasPatch& patch) { m_runtime.notifyPatch(patch.patchId); }

void Instance::apply(const job::UpdateRandomSeed& seed) { m_runtime.random() = Random(seed.randomSeed); }

void Instance::apply(const job::ResolveChildWorkflowStart& resolved) { m_runtime.resolveChildStart(resolved); }

void Instance::apply(const job::ResolveChildWorkflow& resolved) {
    m_runtime.resolveChild(resolved.seq, resolved.result);
}

void Instance::apply(const job::ResolveSignalExternal& resolved) {
    m_runtime.resolveSignalExternal(resolved.seq, resolved.failure);
}

void Instance::apply(const job::ResolveRequestCancelExternal& resolved) {
    m_runtime.resolveCancelExternal(resolved.seq, resolved.failure);
}

void Instance::apply(const job::RemoveFromCache&) { m_runtime.scheduler().stop(); }

void Instance::warnOfUnfinishedHandlers() const {
    if (m_runtime.runningHandlers() > 0) {
        logger().warn(
            "the run ends while {} signal or update handlers are unfinished; wait for allHandlersFinished() first",
            m_runtime.runningHandlers());
    }
}

Task<void> Instance::runWorkflow() {
    try {
        Payload result = co_await m_type->run(m_object.get(), m_arguments, m_runtime.converter());
        end(command::CompleteWorkflow{std::move(result)});
    } catch (const ContinueAsNewRequest& request) {
        command::ContinueAsNew next;
        next.options = request.options;
        if (next.options.workflowType().empty()) next.options.workflowType(m_runtime.info().workflowType);
        if (next.options.taskQueue().empty()) next.options.taskQueue(m_runtime.info().taskQueue);
        // The server hands nothing on by itself; a run keeps what it had, unless its author says otherwise.
        if (next.options.memo().empty()) next.options.memo(m_runtime.info().memo);
        if (next.options.searchAttributes().empty()) next.options.searchAttributes(m_runtime.info().searchAttributes);
        if (!next.options.retryPolicy()) next.options.retryPolicy(m_runtime.info().retryPolicy);
        next.arguments = request.arguments;
        end(std::move(next));
    } catch (const Failure& failure) {
        if (m_cancelRequested && payload::isCancellation(failure)) {
            end(command::CancelWorkflowExecution());
        } else {
            end(command::FailWorkflow{failure.data()});
        }
    }
    warnOfUnfinishedHandlers();
}

Task<void> Instance::runSignal(job::SignalWorkflow signal) {
    const auto* handler = handlerFor(m_type->signals, signal.name);
    if (!handler) {
        logger().warn("signal '{}' has no handler and is ignored; known signals: [{}]", signal.name,
                      namesOf(m_type->signals));
        co_return;
    }
    const Runtime::HandlerMark running(m_runtime);
    std::optional<Task<Payload>> handling;
    try {
        handling.emplace(handler->handle(m_object.get(), signal.name, signal.arguments, m_runtime.converter()));
    } catch (const Error& error) {
        // The sender is gone and the workflow cannot help it: a signal that nobody can read must not stop the run.
        logger().error("signal '{}' is dropped: {}", signal.name, error.what());
        co_return;
    }
    try {
        co_await std::move(*handling);
    } catch (const ContinueAsNewRequest&) {
        throw Error(ErrorCode::FailedPrecondition,
                    "Signal '" + signal.name + "' asked to continue as new; only run() may.");
    } catch (const Failure& failure) {
        if (m_cancelRequested && payload::isCancellation(failure)) co_return;
        end(command::FailWorkflow{failure.data()});
    }
}

void Instance::respond(
    const job::DoUpdate& update,
    std::variant<command::UpdateAccepted, command::UpdateRejected, command::UpdateCompleted> response) {
    const bool completes = std::holds_alternative<command::UpdateCompleted>(response);
    m_runtime.issue(command::UpdateResponse{update.protocolInstanceId, std::move(response)},
                    completes ? m_runtime.scheduler().lastEnd() : std::source_location());
}

bool Instance::acceptUpdate(const job::DoUpdate& update) {
    try {
        if (!m_object) throw ApplicationFailure("The workflow failed before it could take updates.");
        const auto* handler = handlerFor(m_type->updates, update.name);
        if (!handler) {
            throw ApplicationFailure(
                fmt::format("Update handler for '{}' expected but not found, and there is no dynamic "
                            "handler; known updates: [{}]",
                            update.name, namesOf(m_type->updates)));
        }
        if (update.runValidator && handler->validate) {
            const Runtime::ReadOnly readOnly(m_runtime, "validator of update '" + update.name + "'");
            handler->validate(m_object.get(), update.name, update.arguments, m_runtime.converter());
        }
        return true;
    } catch (...) {
        respond(update, command::UpdateRejected{payload::failureData(std::current_exception())});
        return false;
    }
}

Task<void> Instance::runUpdate(job::DoUpdate update) {
    if (!acceptUpdate(update)) co_return;
    const auto* handler = handlerFor(m_type->updates, update.name);
    const Runtime::HandlerMark running(m_runtime);
    std::optional<Task<Payload>> handling;
    try {
        handling.emplace(handler->handle(m_object.get(), update.name, update.arguments, m_runtime.converter()));
    } catch (...) {
        respond(update, command::UpdateRejected{payload::failureData(std::current_exception())});
        co_return;
    }
    respond(update, command::UpdateAccepted());
    try {
        Payload result = co_await std::move(*handling);
        respond(update, command::UpdateCompleted{std::move(result)});
    } catch (const ContinueAsNewRequest&) {
        throw Error(ErrorCode::FailedPrecondition,
                    "Update '" + update.name + "' asked to continue as new; only run() may.");
    } catch (const Failure& failure) {
        respond(update, command::UpdateCompleted{failure.data()});
    }
}

Payload Instance::answer(const job::QueryWorkflow& query) {
    if (query.name == kMetadataQuery) {
        return workflowMetadata(*m_type, m_runtime.info().workflowType, m_runtime.currentDetails());
    }
    if (query.name == kStackTraceQuery)
        return payload::defaultConverter().toPayload(m_runtime.scheduler().stackTrace());
    const auto* handler = handlerFor(m_type->queries, query.name);
    if (!handler) {
        throw ApplicationFailure(fmt::format("Query handler for '{}' expected but not found, known queries: [{}]",
                                             query.name, namesOf(m_type->queries)));
    }
    if (!m_object) throw ApplicationFailure("The workflow object could not be made, so it cannot be asked.");
    const Runtime::ReadOnly readOnly(m_runtime, "query '" + query.name + "'");
    return handler->ask(m_object.get(), query.name, query.arguments, m_runtime.converter());
}

void Instance::end(Command terminal) {
    if (std::exchange(m_ended, true)) return;
    m_terminal = std::move(terminal);
    m_terminalSource = m_runtime.scheduler().lastEnd();
}

void Instance::fail(std::exception_ptr error) {
    if (!m_taskFailure) m_taskFailure = std::move(error);
    m_runtime.scheduler().stop();
}

}  // namespace orrery::workflow
