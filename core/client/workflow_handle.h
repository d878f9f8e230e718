// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <type_traits>

#include "core/client/connection.h"
#include "core/client/requests.h"
#include "core/client/values.h"
#include "core/client/workflow_errors.h"
#include "core/definition/handles.h"
#include "core/history/history.h"
#include "core/payload/converter.h"

namespace orrery::client {

/// What handles share with the client that made them.
struct ClientCore {
    std::shared_ptr<Connection> connection;
    payload::DataConverter converter = payload::defaultConverter();
    /// Called when somebody begins to wait for a result; what it gives lives until the wait is over. A test environment
    /// lets time be skipped meanwhile.
    std::function<std::shared_ptr<void>()> whileWaitingForResult;
};
using ClientCorePtr = std::shared_ptr<const ClientCore>;

struct ResultOptions {
    /// Continue-as-new, retries and cron: wait for the last run.
    bool followRuns = true;
    std::stop_token stop;
};

struct SentUpdate;

/// An update that was sent; cheap to copy.
class UpdateHandle {
public:
    UpdateHandle(ClientCorePtr core, WorkflowRef workflow, std::string name, std::string id);

    const std::string& id() const { return m_id; }
    const WorkflowRef& workflow() const { return m_workflow; }

    /// Waits for the outcome. Throws UpdateFailedError, RpcError.
    Payloads resultPayloads() const;
    template <class Result>
    Result result() const {
        return std::get<0>(m_core->converter.fromPayloads<Result>(resultPayloads()));
    }

private:
    friend class WorkflowHandle;
    ClientCorePtr m_core;
    WorkflowRef m_workflow;
    std::string m_name;
    std::string m_id;
    /// Known already when the server answered at once.
    std::shared_ptr<const SentUpdate> m_known;
};

/// A workflow by its id, and perhaps run id. Cheap to copy; any thread. Every call waits for the server and throws
/// RpcError or one of workflow_errors.h: for programs and tests, never for a UI thread.
class WorkflowHandle {
public:
    /// `resultRunId`: where to wait for the result, when messages go to whichever run is the latest.
    WorkflowHandle(ClientCorePtr core, WorkflowRef ref, std::string resultRunId = {})
        : m_core(std::move(core)), m_ref(std::move(ref)), m_resultRunId(std::move(resultRunId)) {}

    const std::string& id() const { return m_ref.workflowId; }
    /// Of the run that was started or asked for; may be empty.
    const std::string& runId() const { return m_resultRunId.empty() ? m_ref.runId : m_resultRunId; }
    const std::string& firstExecutionRunId() const { return m_ref.firstExecutionRunId; }

    template <class Result>
    Result result(const ResultOptions& options = {}) const {
        return std::get<0>(m_core->converter.fromPayloads<Result>(resultPayloads(options)));
    }
    /// Waits for the end. Throws WorkflowFailedError, WorkflowContinuedAsNewError.
    Payloads resultPayloads(const ResultOptions& options = {}) const;

    template <class... Args>
    void signal(const std::string& name, const Args&... args) const {
        signalPayloads(name, m_core->converter.toPayloads(args...));
    }
    template <class... Args>
    void signal(const definition::Signal<Args...>& signal, const std::type_identity_t<Args>&... args) const {
        signalPayloads(signal.name, m_core->converter.toPayloads(args...));
    }
    void signalPayloads(const std::string& name, const Payloads& input) const;

    template <class Result, class... Args>
    Result query(const std::string& name, const Args&... args) const {
        return std::get<0>(
            m_core->converter.fromPayloads<Result>(queryPayloads(name, m_core->converter.toPayloads(args...))));
    }
    template <class Result, class... Args>
    Result query(const definition::Query<Result(Args...)>& query, const std::type_identity_t<Args>&... args) const {
        return std::get<0>(
            m_core->converter.fromPayloads<Result>(queryPayloads(query.name, m_core->converter.toPayloads(args...))));
    }
    /// Throws QueryFailedError, QueryRejectedError.
    Payloads queryPayloads(const std::string& name, const Payloads& input,
                           QueryRejectCondition reject = QueryRejectCondition::None) const;

    template <class Result, class... Args>
    Result executeUpdate(const std::string& name, const Args&... args) const {
        return startUpdatePayloads(name, m_core->converter.toPayloads(args...), UpdateStage::Completed)
            .template result<Result>();
    }
    template <class... Args>
    UpdateHandle startUpdate(const std::string& name, const Args&... args) const {
        return startUpdatePayloads(name, m_core->converter.toPayloads(args...), UpdateStage::Accepted);
    }
    template <class Result, class... Args>
    Result executeUpdate(const definition::Update<Result(Args...)>& update,
                         const std::type_identity_t<Args>&... args) const {
        const auto handle =
            startUpdatePayloads(update.name, m_core->converter.toPayloads(args...), UpdateStage::Completed);
        if constexpr (std::is_void_v<Result>) {
            handle.resultPayloads();
        } else {
            return handle.template result<Result>();
        }
    }
    /// Returns when the stage (Accepted or Completed) is reached. A refusal shows in the handle's result.
    UpdateHandle startUpdatePayloads(const std::string& name, const Payloads& input, UpdateStage waitFor,
                                     const std::string& updateId = {}) const;
    UpdateHandle update(const std::string& name, const std::string& updateId) const;

    void cancel(const std::string& reason = {}) const;
    void terminate(const std::string& reason = {}) const;
    WorkflowDescription describe() const;

    /// All events of that run that are there now.
    std::shared_ptr<const history::History> history() const;

private:
    WorkflowRef runRef() const;

    ClientCorePtr m_core;
    WorkflowRef m_ref;
    std::string m_resultRunId;
};

/// A handle that knows what its workflow gives.
template <class R>
class TypedWorkflowHandle : public WorkflowHandle {
public:
    explicit TypedWorkflowHandle(WorkflowHandle handle) : WorkflowHandle(std::move(handle)) {}

    R result(const ResultOptions& options = {}) const {
        if constexpr (std::is_void_v<R>) {
            resultPayloads(options);
        } else {
            return WorkflowHandle::result<R>(options);
        }
    }
};

}  // namespace orrery::client
