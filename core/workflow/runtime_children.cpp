// SPDX-License-Identifier: MIT
// The part of a run that deals with other workflows.
#include <fmt/format.h>

#include "core/payload/failure.h"
#include "core/workflow/runtime.h"

namespace orrery::workflow {
namespace {

namespace command = definition::command;
namespace job = definition::job;

payload::FailureData startFailure(const job::ChildStartFailed& failed) {
    payload::FailureData cause =
        payload::ApplicationFailure(failed.alreadyExists
                                        ? "A workflow with the id '" + failed.workflowId + "' exists already"
                                        : "The server refused to start the child",
                                    failed.alreadyExists ? "WorkflowAlreadyStarted" : "ChildWorkflowStartFailed")
            .nonRetryable()
            .data();
    payload::ChildWorkflowFailureData kind;
    kind.workflowId = failed.workflowId;
    kind.workflowType = failed.workflowType;
    payload::FailureData failure;
    failure.message = "Child workflow '" + failed.workflowId + "' could not be started";
    failure.kind = std::move(kind);
    failure.cause = std::make_shared<const payload::FailureData>(std::move(cause));
    return failure;
}

}  // namespace

void Runtime::startChild(command::StartChildWorkflow start, const std::shared_ptr<FutureState<std::string>>& started,
                         const std::shared_ptr<FutureCore>& result, const std::source_location& source) {
    requireWritable("start the child workflow '" + start.workflowType + "'");
    if (!openScope(*result)) {
        started->fail(result->error());
        return;
    }
    const Seq seq = ++m_lastChild;
    start.seq = seq;
    m_children.emplace(seq, Child{started, result, start.options.id(), start.workflowType});
    if (observed()) {
        started->name("the start of child workflow " + start.workflowType);
        result->name("child workflow " + start.workflowType);
    }
    issue(std::move(start), source);
    const std::shared_ptr<ScopeState> scope = m_scheduler.scope();
    result->onCancel([this, seq, scope] {
        if (m_children.contains(seq)) issue(command::CancelChildWorkflow{seq, scope->reason()});
    });
    bindToScope(result);
}

void Runtime::resolveChildStart(const job::ResolveChildWorkflowStart& resolved) {
    const auto found = m_children.find(resolved.seq);
    if (found == m_children.end()) throwNeverAsked("Child workflow", resolved.seq);
    if (const auto* started = std::get_if<job::ChildStarted>(&resolved.result)) {
        found->second.started->set(started->runId);
        return;
    }
    const auto* failed = std::get_if<job::ChildStartFailed>(&resolved.result);
    const std::exception_ptr error = payload::failureException(
        failed ? startFailure(*failed) : std::get<definition::Cancelled>(resolved.result).failure);
    const Child child = std::move(found->second);
    m_children.erase(found);
    child.started->fail(error);
    child.result->fail(error);
}

void Runtime::resolveChild(Seq seq, const definition::Resolution& result) {
    const auto found = m_children.find(seq);
    if (found == m_children.end()) throwNeverAsked("Child workflow", seq);
    const Child child = std::move(found->second);
    m_children.erase(found);
    resolve(*child.result, result);
}

Future<void> Runtime::signalExternal(command::SignalExternalWorkflow signal, const std::source_location& source) {
    requireWritable("signal another workflow");
    auto state = std::make_shared<FutureState<void>>();
    if (!openScope(*state)) return Future<void>(state);
    const Seq seq = ++m_lastSignal;
    signal.seq = seq;
    m_signals.emplace(seq, state);
    if (observed()) state->name(fmt::format("signal {} to reach {}", signal.signalName, signal.target.workflowId));
    issue(std::move(signal), source);
    state->onCancel([this, seq] {
        if (m_signals.contains(seq)) issue(command::CancelSignalExternal{seq});
    });
    bindToScope(state);
    return Future<void>(state);
}

Future<void> Runtime::cancelExternal(command::RequestCancelExternalWorkflow cancel,
                                     const std::source_location& source) {
    requireWritable("cancel another workflow");
    auto state = std::make_shared<FutureState<void>>();
    if (!openScope(*state)) return Future<void>(state);
    cancel.seq = ++m_lastCancel;
    m_cancels.emplace(cancel.seq, state);
    if (observed()) state->name("the cancellation to reach " + cancel.target.workflowId);
    issue(std::move(cancel), source);
    return Future<void>(state);
}

void Runtime::resolveSent(Sent& sent, const char* what, Seq seq, const std::optional<payload::FailureData>& failure) {
    const auto found = sent.find(seq);
    if (found == sent.end()) throwNeverAsked(what, seq);
    const auto state = std::move(found->second);
    sent.erase(found);
    if (failure) {
        state->fail(payload::failureException(*failure));
    } else {
        state->set({});
    }
}

void Runtime::resolveSignalExternal(Seq seq, const std::optional<payload::FailureData>& failure) {
    resolveSent(m_signals, "Signal to another workflow", seq, failure);
}

void Runtime::resolveCancelExternal(Seq seq, const std::optional<payload::FailureData>& failure) {
    resolveSent(m_cancels, "Cancellation of another workflow", seq, failure);
}

}  // namespace orrery::workflow
