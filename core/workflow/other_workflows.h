// SPDX-License-Identifier: MIT
// Child workflows, and workflows that somebody else started.
#pragma once

#include <string>
#include <string_view>

#include "core/workflow/workflow.h"

namespace orrery::workflow {

using definition::ChildWorkflowCancellationType;
using definition::ChildWorkflowOptions;
using definition::ParentClosePolicy;

namespace detail {

/// With id and task queue filled in.
definition::command::StartChildWorkflow childCommand(std::string_view type, const ChildWorkflowOptions& options,
                                                     Payloads arguments);
definition::command::SignalExternalWorkflow signalCommand(const std::string& workflowId, const std::string& runId,
                                                          bool child, std::string_view name, Payloads arguments);

}  // namespace detail

/// A child that was started. A cheap value.
template <class R = void>
class ChildWorkflow {
public:
    ChildWorkflow(std::string id, std::string runId, Future<R> result)
        : m_id(std::move(id)), m_runId(std::move(runId)), m_result(std::move(result)) {}

    const std::string& id() const { return m_id; }
    const std::string& runId() const { return m_runId; }
    /// The result, or a ChildWorkflowFailure.
    const Future<R>& result() const { return m_result; }
    /// As the cancellation type of its options says.
    void cancel() const { m_result.cancel(); }

    /// Done when the signal is in the child's history.
    template <class... P>
    Future<void> signal(const definition::Signal<P...>& signal, const std::type_identity_t<P>&... arguments,
                        std::source_location line = std::source_location::current()) const {
        return send(signal.name, Runtime::current().converter().toPayloads(arguments...), line);
    }
    template <class... A>
    Future<void> signal(At<std::string_view> name, const A&... arguments) const {
        return send(name.value(), Runtime::current().converter().toPayloads(arguments...), name.line());
    }

private:
    Future<void> send(std::string_view name, Payloads arguments, const std::source_location& line) const {
        return Runtime::current().signalExternal(detail::signalCommand(m_id, {}, true, name, std::move(arguments)),
                                                 line);
    }

    std::string m_id;
    std::string m_runId;
    Future<R> m_result;
};

namespace detail {
template <class R>
Task<ChildWorkflow<R>> startChild(definition::command::StartChildWorkflow command, std::source_location line) {
    const std::string id = command.options.id();
    const auto started = std::make_shared<FutureState<std::string>>();
    const auto result = std::make_shared<DecodedState<R>>();
    Runtime::current().startChild(std::move(command), started, result, line);
    const std::string runId = co_await Future<std::string>(started);
    co_return ChildWorkflow<R>(id, runId, Future<R>(result));
}

template <class R>
Task<R> runChild(definition::command::StartChildWorkflow command, std::source_location line) {
    const ChildWorkflow<R> child = co_await startChild<R>(std::move(command), line);
    co_return co_await child.result();
}
}  // namespace detail

/// Starts a child; done when it runs. Throws ChildWorkflowFailure, for example when its id is taken.
template <class Signature, class... A>
auto startChild(const definition::Workflow<Signature>& workflow, At<ChildWorkflowOptions> options,
                const A&... arguments) {
    using Handle = definition::Workflow<Signature>;
    const typename Handle::Arguments* parameters = nullptr;
    return detail::startChild<typename Handle::Result>(
        detail::childCommand(workflow.name, options.value(), detail::encodeArguments(parameters, arguments...)),
        options.line());
}
template <class R = void, class... A>
Task<ChildWorkflow<R>> startChild(std::string_view type, At<ChildWorkflowOptions> options, const A&... arguments) {
    return detail::startChild<R>(
        detail::childCommand(type, options.value(), Runtime::current().converter().toPayloads(arguments...)),
        options.line());
}

/// Starts a child and waits for its result.
template <class Signature, class... A>
auto execute(const definition::Workflow<Signature>& workflow, At<ChildWorkflowOptions> options, const A&... arguments) {
    using Handle = definition::Workflow<Signature>;
    const typename Handle::Arguments* parameters = nullptr;
    return detail::runChild<typename Handle::Result>(
        detail::childCommand(workflow.name, options.value(), detail::encodeArguments(parameters, arguments...)),
        options.line());
}
template <class R = void, class... A>
Task<R> executeChild(std::string_view type, At<ChildWorkflowOptions> options, const A&... arguments) {
    return detail::runChild<R>(
        detail::childCommand(type, options.value(), Runtime::current().converter().toPayloads(arguments...)),
        options.line());
}

/// A workflow by its id, and perhaps run id, in the same namespace.
class ExternalWorkflow {
public:
    explicit ExternalWorkflow(std::string id, std::string runId = {})
        : m_id(std::move(id)), m_runId(std::move(runId)) {}

    /// Done when the signal is in its history; throws ApplicationFailure when there is no such run.
    template <class... P>
    Future<void> signal(const definition::Signal<P...>& signal, const std::type_identity_t<P>&... arguments,
                        std::source_location line = std::source_location::current()) const {
        return send(signal.name, Runtime::current().converter().toPayloads(arguments...), line);
    }
    template <class... A>
    Future<void> signal(At<std::string_view> name, const A&... arguments) const {
        return send(name.value(), Runtime::current().converter().toPayloads(arguments...), name.line());
    }
    /// Done when the request is in its history.
    Future<void> cancel(const std::string& reason = {},
                        std::source_location line = std::source_location::current()) const;

private:
    Future<void> send(std::string_view name, Payloads arguments, const std::source_location& line) const {
        return Runtime::current().signalExternal(
            detail::signalCommand(m_id, m_runId, false, name, std::move(arguments)), line);
    }

    std::string m_id;
    std::string m_runId;
};

}  // namespace orrery::workflow
