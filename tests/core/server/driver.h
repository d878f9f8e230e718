// SPDX-License-Identifier: MIT
// Drives the server's state by hand: no threads, no channel, and the time is what the test says.
#pragma once

// moc does not understand macros that protobuf's headers leave behind, and has nothing to find here.
#ifndef Q_MOC_RUN

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/methods.h"
#include "tests/core/server/rebuilt.h"

namespace orrery::test {

namespace api = temporal::api::workflowservice::v1;
namespace enums = temporal::api::enums::v1;
using server::HistoryEvent;
using temporal::api::command::v1::Command;

/// A call whose answer is kept.
class KeptCall final : public server::Call {
public:
    void finish(server::Reply given) override { reply = std::move(given); }

    bool answered() const { return reply.has_value(); }
    bool failed() const { return reply && reply->error; }
    base::ErrorCode code() const { return failed() ? reply->error->code() : base::ErrorCode::Ok; }
    std::string detail() const { return failed() ? reply->error->detailType() : std::string(); }
    std::string message() const { return failed() ? reply->error->what() : std::string(); }

    template <typename Response>
    Response as() const {
        Response response;
        if (!reply || reply->error) qFatal("The call has no answer: %s", message().c_str());
        response.ParseFromString(reply->message->SerializeAsString() + reply->tail);
        return response;
    }

    std::string header(const char* name) const override {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }

    std::map<std::string, std::string> headers;
    std::optional<server::Reply> reply;
};
using Kept = std::shared_ptr<KeptCall>;

class Driver {
public:
    explicit Driver(server::WorldOptions options = {}) : world(std::move(options)) { pass({}); }

    server::World world;
    std::string features;              ///< what the callers say they can do
    std::string client;                ///< and who they are
    std::function<void()> afterInput;  ///< before its answers leave

    /// The server stops, and another world of the same options takes its place; nobody answers the calls that waited.
    void restart(const std::function<void(server::World&)>& load) {
        const server::WorldOptions options = world.options;
        std::destroy_at(&world);
        std::construct_at(&world, options);
        load(world);
        pass({});
    }
    /// All callers that wait are gone.
    void hangUp() {
        while (world.waits.takeAny()) {
        }
    }
    bool checksHistories = true;
    base::Timestamp wall = *base::parseTimestamp("2026-03-12T09:00:00Z");

    template <typename Work>
    void input(Work&& work) {
        world.begin(wall);
        work();
        world.settle();
        if (afterInput) afterInput();
        for (auto& [call, reply] : std::exchange(world.outbox, {})) call->finish(std::move(reply));
        checkHistories();
    }

    /// Whatever happens, each history says what its run is. Only of short ones, for it takes time.
    void checkHistories() {
        constexpr int64_t kLong = 60;
        constexpr size_t kMany = 100;
        if (!checksHistories || world.runs.size() > kMany) return;
        for (const auto& run : world.runs) {
            int64_t& checked = m_checked[run->runId];
            if (run->log.lastId() == checked || run->log.lastId() > kLong) continue;
            checked = run->log.lastId();
            const std::string difference = Rebuilt::difference(*run);
            if (difference.empty()) continue;
            qFatal("%s is not what its history says (%s): %s", run->workflowId.c_str(),
                   qPrintable(history(run->workflowId, run->runId)), difference.c_str());
        }
    }

    /// Wall time goes on.
    void pass(base::Duration by) {
        wall += by;
        input([] {});
    }

    template <typename Request>
    Kept call(const std::string& name, const Request& request,
              const std::string& service = "temporal.api.workflowservice.v1.WorkflowService") {
        const auto* method = server::allMethods().find("/" + service + "/" + name);
        if (method == nullptr) qFatal("no method %s", name.c_str());
        auto kept = std::make_shared<KeptCall>();
        kept->headers = {{"supported-features", features}, {"client-name", client}};
        input([&] { server::Methods::run(*method, world, request, kept); });
        if (kept->code() == base::ErrorCode::Internal) qFatal("%s failed inside the server", name.c_str());
        return kept;
    }

    Kept start(const api::StartWorkflowExecutionRequest& request) { return call("StartWorkflowExecution", request); }

    static api::StartWorkflowExecutionRequest startRequest(const std::string& id) {
        api::StartWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.set_workflow_id(id);
        request.mutable_workflow_type()->set_name("Order");
        request.mutable_task_queue()->set_name("queue");
        request.set_request_id("start-" + id);
        return request;
    }
    /// Starts a workflow; gives its run id.
    std::string start(const std::string& id) {
        return start(startRequest(id))->as<api::StartWorkflowExecutionResponse>().run_id();
    }

    Kept poll(const std::string& queue = "queue") {
        api::PollWorkflowTaskQueueRequest request;
        request.set_namespace_("default");
        request.mutable_task_queue()->set_name(queue);
        request.set_identity("worker");
        return call("PollWorkflowTaskQueue", request);
    }
    /// A task that is there at once.
    api::PollWorkflowTaskQueueResponse task(const std::string& queue = "queue") {
        const Kept polled = poll(queue);
        if (!polled->answered()) qFatal("no workflow task waits");
        return polled->as<api::PollWorkflowTaskQueueResponse>();
    }

    static api::RespondWorkflowTaskCompletedRequest completion(const api::PollWorkflowTaskQueueResponse& task,
                                                               std::vector<Command> commands = {}) {
        api::RespondWorkflowTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(task.task_token());
        request.set_identity("worker");
        for (Command& command : commands) *request.add_commands() = std::move(command);
        return request;
    }
    Kept complete(const api::PollWorkflowTaskQueueResponse& task, std::vector<Command> commands = {}) {
        return call("RespondWorkflowTaskCompleted", completion(task, std::move(commands)));
    }
    Kept failTask(const api::PollWorkflowTaskQueueResponse& task) {
        api::RespondWorkflowTaskFailedRequest request;
        request.set_namespace_("default");
        request.set_task_token(task.task_token());
        request.set_cause(enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);
        return call("RespondWorkflowTaskFailed", request);
    }

    Kept pollActivity(const std::string& queue = "queue") {
        api::PollActivityTaskQueueRequest request;
        request.set_namespace_("default");
        request.mutable_task_queue()->set_name(queue);
        request.set_identity("worker");
        return call("PollActivityTaskQueue", request);
    }
    api::PollActivityTaskQueueResponse activity() {
        const Kept polled = pollActivity();
        if (!polled->answered()) qFatal("no activity task waits");
        return polled->as<api::PollActivityTaskQueueResponse>();
    }
    Kept completeActivity(const api::PollActivityTaskQueueResponse& task) {
        api::RespondActivityTaskCompletedRequest request;
        request.set_task_token(task.task_token());
        return call("RespondActivityTaskCompleted", request);
    }
    Kept failActivity(const api::PollActivityTaskQueueResponse& task, const std::string& type = "Broken",
                      bool nonRetryable = false) {
        api::RespondActivityTaskFailedRequest request;
        request.set_task_token(task.task_token());
        request.mutable_failure()->set_message("it broke");
        request.mutable_failure()->mutable_application_failure_info()->set_type(type);
        request.mutable_failure()->mutable_application_failure_info()->set_non_retryable(nonRetryable);
        return call("RespondActivityTaskFailed", request);
    }

    Kept signal(const std::string& id, const std::string& requestId = {}) {
        api::SignalWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(id);
        request.set_signal_name("approve");
        request.set_request_id(requestId);
        return call("SignalWorkflowExecution", request);
    }

    Kept query(const std::string& id) {
        api::QueryWorkflowRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(id);
        request.mutable_query()->set_query_type("status");
        return call("QueryWorkflow", request);
    }
    Kept answerQuery(const api::PollWorkflowTaskQueueResponse& task, bool good = true) {
        api::RespondQueryTaskCompletedRequest request;
        request.set_task_token(task.task_token());
        request.set_completed_type(good ? enums::QUERY_RESULT_TYPE_ANSWERED : enums::QUERY_RESULT_TYPE_FAILED);
        request.mutable_query_result()->add_payloads()->set_data("fine");
        request.set_error_message("no such query");
        return call("RespondQueryTaskCompleted", request);
    }
    api::DescribeWorkflowExecutionResponse describe(const std::string& id, const std::string& runId = {}) {
        api::DescribeWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(id);
        request.mutable_execution()->set_run_id(runId);
        return call("DescribeWorkflowExecution", request)->as<api::DescribeWorkflowExecutionResponse>();
    }

    /// "WorkflowExecutionStarted WorkflowTaskScheduled ..."
    QString history(const std::string& id, const std::string& runId = {}) {
        QStringList names;
        for (const HistoryEvent& event : events(id, runId)) names << eventName(event);
        return names.join(QLatin1Char(' '));
    }
    std::vector<HistoryEvent> events(const std::string& id, const std::string& runId = {}) {
        const server::Run* run = world.findRun("default", id, runId);
        if (run == nullptr) qFatal("no workflow %s", id.c_str());
        std::vector<HistoryEvent> result;
        for (int64_t number = 1; number <= run->log.lastId(); ++number) result.push_back(run->log.event(number));
        return result;
    }
    static QString eventName(const HistoryEvent& event) {
        QString name;
        const QString words = QString::fromStdString(enums::EventType_Name(event.event_type())).mid(11);
        for (const QString& word : words.split(QLatin1Char('_'))) name += word.left(1) + word.mid(1).toLower();
        return name;
    }

    const server::Run& run(const std::string& id) { return *world.findRun("default", id, {}); }

private:
    std::map<std::string, int64_t> m_checked;  ///< run id -> events

public:
    static Command timer(const std::string& id, base::Duration duration) {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_START_TIMER);
        auto* attributes = command.mutable_start_timer_command_attributes();
        attributes->set_timer_id(id);
        payload::toProto(duration, attributes->mutable_start_to_fire_timeout());
        return command;
    }
    static Command cancelTimer(const std::string& id) {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_CANCEL_TIMER);
        command.mutable_cancel_timer_command_attributes()->set_timer_id(id);
        return command;
    }
    static Command completeWorkflow() {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
        command.mutable_complete_workflow_execution_command_attributes();
        return command;
    }
    static Command continueAsNew() {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
        command.mutable_continue_as_new_workflow_execution_command_attributes();
        return command;
    }
    static Command child(const std::string& id,
                         enums::ParentClosePolicy policy = enums::PARENT_CLOSE_POLICY_UNSPECIFIED) {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
        auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
        attributes->set_workflow_id(id);
        attributes->mutable_workflow_type()->set_name("Child");
        attributes->mutable_task_queue()->set_name("children");
        attributes->set_parent_close_policy(policy);
        return command;
    }
    static Command schedule(const std::string& id, base::Duration startToClose = std::chrono::seconds(10)) {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
        auto* attributes = command.mutable_schedule_activity_task_command_attributes();
        attributes->set_activity_id(id);
        attributes->mutable_activity_type()->set_name("charge_card");
        attributes->mutable_task_queue()->set_name("queue");
        payload::toProto(startToClose, attributes->mutable_start_to_close_timeout());
        return command;
    }
    static Command cancelActivity(int64_t scheduledId) {
        Command command;
        command.set_command_type(enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK);
        command.mutable_request_cancel_activity_task_command_attributes()->set_scheduled_event_id(scheduledId);
        return command;
    }
};

}  // namespace orrery::test

#endif  // Q_MOC_RUN
