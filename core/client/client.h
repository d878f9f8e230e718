// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/client/values.h"
#include "core/client/workflow_handle.h"

namespace orrery::client {

struct ServerInfo {
    std::string version;
    /// The server can count runs by status in one call.
    bool countsByStatus = false;
};

/// Starts workflows and finds them again. Cheap to copy; any thread. Its calls wait for the server (workflow_handle.h).
class Client {
public:
    explicit Client(std::shared_ptr<Connection> connection,
                    payload::DataConverter converter = payload::defaultConverter());
    explicit Client(ClientCorePtr core) : m_core(std::move(core)) {}

    /// Connects and makes sure that a server answers; throws RpcError(Unavailable) naming the address.
    static Client connect(const ConnectOptions& options,
                          payload::DataConverter converter = payload::defaultConverter());

    const std::shared_ptr<Connection>& connection() const { return m_core->connection; }
    const payload::DataConverter& converter() const { return m_core->converter; }

    ServerInfo serverInfo() const;

    template <class... Args>
    WorkflowHandle startWorkflow(const std::string& type, const StartWorkflowOptions& options,
                                 const Args&... args) const {
        return startWorkflowPayloads(type, options, converter().toPayloads(args...));
    }
    template <class Result, class... Args>
    TypedWorkflowHandle<Result> startWorkflow(const definition::Workflow<Result(Args...)>& workflow,
                                              const StartWorkflowOptions& options,
                                              const std::type_identity_t<Args>&... args) const {
        return TypedWorkflowHandle<Result>(
            startWorkflowPayloads(workflow.name, options, converter().toPayloads(args...)));
    }
    template <class Result, class... Args>
    Result executeWorkflow(const definition::Workflow<Result(Args...)>& workflow, const StartWorkflowOptions& options,
                           const std::type_identity_t<Args>&... args) const {
        return startWorkflow(workflow, options, args...).result();
    }
    template <class Result, class... Args>
    Result executeWorkflow(const std::string& type, const StartWorkflowOptions& options, const Args&... args) const {
        return startWorkflow(type, options, args...).template result<Result>();
    }
    /// Throws WorkflowAlreadyStartedError.
    WorkflowHandle startWorkflowPayloads(const std::string& type, const StartWorkflowOptions& options,
                                         const Payloads& input) const;
    /// Signals the running workflow of that id, and starts it first when there is none.
    WorkflowHandle signalWithStart(const std::string& type, const StartWorkflowOptions& options, const Payloads& input,
                                   const std::string& signal, const Payloads& signalInput) const;

    WorkflowHandle workflow(const std::string& id, const std::string& runId = {}) const;

    /// In the server's list filter language; empty for all.
    WorkflowPage listWorkflows(const std::string& query = {}, int pageSize = 100,
                               const std::string& pageToken = {}) const;
    int64_t countWorkflows(const std::string& query = {}) const;

private:
    ClientCorePtr m_core;
};

}  // namespace orrery::client
