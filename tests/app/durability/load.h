// SPDX-License-Identifier: MIT
// Clients and workers that drive a server as hard as they can, and write down what it acknowledged. Header only.
#pragma once

#ifndef Q_MOC_RUN

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/struct.pb.h>
#include <temporal/api/update/v1/message.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/client/connection.h"
#include "core/payload/proto.h"

namespace orrery::test {

namespace ws = temporal::api::workflowservice::v1;
namespace enums = temporal::api::enums::v1;
using temporal::api::command::v1::Command;
using temporal::api::protocol::v1::Message;

/// What the server said to have happened to one workflow.
struct Known {
    std::string runId;
    std::set<std::string> signals;
    std::set<std::string> updates;
    std::set<std::string> activities;  ///< ids of those whose result was taken
    bool closed = false;
};

/// A task that a worker was given, and whose answer nobody has acknowledged.
struct Held {
    std::string token;
    std::string workflowId;
    bool isActivity = false;
    bool answered = false;  ///< an answer was sent and may have arrived
};

struct Ledger {
    std::mutex mutex;
    std::map<std::string, Known> workflows;
    std::map<std::string, Held> held;  ///< by token
    std::set<std::string> touched;     ///< in this round
    base::Timestamp virtualTime;

    void note(const std::string& workflowId, const std::function<void(Known&)>& what) {
        const std::lock_guard lock(mutex);
        touched.insert(workflowId);
        what(workflows[workflowId]);
    }
    /// Any one that is not known to be closed; empty without one.
    std::string anyOpen(std::mt19937_64& random) {
        const std::lock_guard lock(mutex);
        if (workflows.empty()) return {};
        auto at = workflows.begin();
        std::advance(at, long(random() % std::min<size_t>(workflows.size(), 30)));
        for (; at != workflows.end(); ++at) {
            if (!at->second.closed) return at->first;
        }
        return {};
    }
};

class Load {
public:
    Load(const std::string& address, Ledger& ledger, uint64_t seed) : m_ledger(ledger), m_seed(seed) {
        client::ConnectOptions options;
        options.address = address;
        m_connection = client::Connection::create(options);
    }
    ~Load() { finish(); }

    /// Runs until finish() or until the server is gone.
    void begin() {
        for (int i = 0; i < 3; ++i) m_threads.emplace_back([this, i] { loop(i, &Load::clientTurn); });
        for (int i = 3; i < 6; ++i) m_threads.emplace_back([this, i] { loop(i, &Load::workflowTurn); });
        for (int i = 6; i < 8; ++i) m_threads.emplace_back([this, i] { loop(i, &Load::activityTurn); });
    }
    void finish() {
        m_stop = true;
        for (std::thread& thread : m_threads) thread.join();
        m_threads.clear();
    }
    int acknowledged() const { return m_acknowledged; }
    bool stopped() const { return m_stop; }

    template <typename Response, typename Request>
    Response call(const char* method, const Request& request) {
        client::CallOptions options;
        options.timeout = std::chrono::seconds(60);
        options.retry = client::RetryPolicy::none();
        return m_connection->callAndWait<Response>(method, request, options);
    }

    /// The clock's own service; its answer has the virtual time.
    template <typename Request>
    base::Timestamp clock(const char* method, const Request& request) {
        const auto status = call<google::protobuf::Struct>(method, request);
        const auto time = base::parseTimestamp(status.fields().at("virtualTime").string_value()).value();
        const std::lock_guard lock(m_ledger.mutex);
        m_ledger.virtualTime = std::max(m_ledger.virtualTime, time);
        return time;
    }

    void answer(const Held& task) {
        if (task.isActivity) {
            ws::RespondActivityTaskCompletedRequest request;
            request.set_namespace_("default");
            request.set_task_token(task.token);
            call<ws::RespondActivityTaskCompletedResponse>("RespondActivityTaskCompleted", request);
        } else {
            ws::RespondWorkflowTaskCompletedRequest request;
            request.set_namespace_("default");
            request.set_task_token(task.token);
            call<ws::RespondWorkflowTaskCompletedResponse>("RespondWorkflowTaskCompleted", request);
        }
    }

private:
    using Random = std::mt19937_64;

    void loop(int number, void (Load::*turn)(Random&)) {
        Random random(m_seed * 100 + uint64_t(number));
        while (!m_stop) {
            try {
                (this->*turn)(random);
                ++m_acknowledged;
            } catch (const client::RpcError& error) {
                // Refusals are answers too; without a connection there is nothing left to do.
                if (error.code() == base::ErrorCode::Unavailable || error.code() == base::ErrorCode::Cancelled) {
                    m_stop = true;
                }
            }
        }
    }

    std::string newName(Random& random) { return std::to_string(m_seed) + "-" + std::to_string(random() % 1'000'000); }

    void clientTurn(Random& random) {
        switch (random() % 6) {
            case 0:
            case 1: return start("w" + newName(random));
            case 2: return update(m_ledger.anyOpen(random), newName(random));
            case 3: return time(random);
            default: return signal(m_ledger.anyOpen(random), newName(random));
        }
    }

    void start(const std::string& id) {
        ws::StartWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.set_workflow_id(id);
        request.set_request_id(id);
        request.mutable_workflow_type()->set_name("Order");
        request.mutable_task_queue()->set_name("load");
        // No time-out takes away what a worker holds while its server is down.
        payload::toProto(std::chrono::seconds(120), request.mutable_workflow_task_timeout());
        const auto response = call<ws::StartWorkflowExecutionResponse>("StartWorkflowExecution", request);
        m_ledger.note(id, [&](Known& known) { known.runId = response.run_id(); });
    }

    void signal(const std::string& id, const std::string& name) {
        if (id.empty()) return;
        ws::SignalWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(id);
        request.set_signal_name(name);
        request.set_request_id(name);
        call<ws::SignalWorkflowExecutionResponse>("SignalWorkflowExecution", request);
        m_ledger.note(id, [&](Known& known) { known.signals.insert(name); });
    }

    void update(const std::string& id, const std::string& name) {
        if (id.empty()) return;
        ws::UpdateWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(id);
        request.mutable_request()->mutable_meta()->set_update_id(name);
        request.mutable_request()->mutable_input()->set_name("set");
        request.mutable_request()->mutable_input()->mutable_args();
        request.mutable_wait_policy()->set_lifecycle_stage(enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
        const auto response = call<ws::UpdateWorkflowExecutionResponse>("UpdateWorkflowExecution", request);
        if (!response.outcome().has_success()) return;
        m_ledger.note(id, [&](Known& known) { known.updates.insert(name); });
    }

    void time(Random& random) {
        google::protobuf::Duration by;
        by.set_seconds(1);
        if (random() % 4 == 0) {
            clock("/orrery.clock.v1.Clock/Skip", by);
        } else {
            clock("/orrery.clock.v1.Clock/Status", google::protobuf::Empty());
        }
    }

    void workflowTurn(Random& random) {
        ws::PollWorkflowTaskQueueRequest poll;
        poll.set_namespace_("default");
        poll.mutable_task_queue()->set_name("load");
        const auto task = call<ws::PollWorkflowTaskQueueResponse>("PollWorkflowTaskQueue", poll);
        if (task.task_token().empty()) return;
        const std::string id = task.workflow_execution().workflow_id();
        // Some tasks are kept for the next server to be answered.
        const bool answers = !task.messages().empty() || random() % 16 != 0;
        hold({task.task_token(), id, false, answers});
        if (!answers) return;
        ws::RespondWorkflowTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(task.task_token());
        for (const Message& message : task.messages()) answerUpdate(message, &request);
        const bool closes = task.messages().empty() && random() % 8 == 0;
        *request.add_commands() = closes ? completeCommand() : activityCommand("a" + newName(random));
        call<ws::RespondWorkflowTaskCompletedResponse>("RespondWorkflowTaskCompleted", request);
        m_ledger.note(id, [&](Known& known) { known.closed |= closes; });
        letGo(task.task_token());
    }

    static void answerUpdate(const Message& message, ws::RespondWorkflowTaskCompletedRequest* request) {
        const auto add = [&](const char* part, const google::protobuf::Message& body) {
            Message* added = request->add_messages();
            added->set_id(message.protocol_instance_id() + part);
            added->set_protocol_instance_id(message.protocol_instance_id());
            added->mutable_body()->PackFrom(body);
        };
        temporal::api::update::v1::Acceptance acceptance;
        acceptance.set_accepted_request_message_id(message.id());
        add("/accept", acceptance);
        temporal::api::update::v1::Response response;
        response.mutable_outcome()->mutable_success();
        add("/complete", response);
    }

    static Command completeCommand() {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
        command.mutable_complete_workflow_execution_command_attributes();
        return command;
    }

    static Command activityCommand(const std::string& id) {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
        auto* attributes = command.mutable_schedule_activity_task_command_attributes();
        attributes->set_activity_id(id);
        attributes->mutable_activity_type()->set_name("charge_card");
        attributes->mutable_task_queue()->set_name("load");
        payload::toProto(std::chrono::hours(24), attributes->mutable_start_to_close_timeout());
        return command;
    }

    void activityTurn(Random& random) {
        ws::PollActivityTaskQueueRequest poll;
        poll.set_namespace_("default");
        poll.mutable_task_queue()->set_name("load");
        const auto task = call<ws::PollActivityTaskQueueResponse>("PollActivityTaskQueue", poll);
        if (task.task_token().empty()) return;
        const std::string id = task.workflow_execution().workflow_id();
        const Held held{task.task_token(), id, true, random() % 8 != 0};
        hold(held);
        if (!held.answered) return;
        answer(held);
        m_ledger.note(id, [&](Known& known) { known.activities.insert(task.activity_id()); });
        letGo(held.token);
    }

    void hold(Held task) {
        const std::lock_guard lock(m_ledger.mutex);
        m_ledger.held.insert_or_assign(task.token, task);
    }
    void letGo(const std::string& token) {
        const std::lock_guard lock(m_ledger.mutex);
        m_ledger.held.erase(token);
    }

    Ledger& m_ledger;
    const uint64_t m_seed;
    std::shared_ptr<client::Connection> m_connection;
    std::vector<std::thread> m_threads;
    std::atomic<int> m_acknowledged = 0;
    std::atomic<bool> m_stop = false;
};

}  // namespace orrery::test

#endif  // Q_MOC_RUN
