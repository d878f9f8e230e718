// SPDX-License-Identifier: MIT
#include "tests/simulation/clients.h"

#include <temporal/api/testservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "tests/simulation/program.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/wild_worker.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {

using namespace std::chrono_literals;

namespace {

void addText(const std::string& text, temporal::api::common::v1::Payloads* to) {
    auto* payload = to->add_payloads();
    (*payload->mutable_metadata())["encoding"] = "json/plain";
    payload->set_data('"' + text + '"');
}

void addNumber(int number, temporal::api::common::v1::Payloads* to) {
    auto* payload = to->add_payloads();
    (*payload->mutable_metadata())["encoding"] = "json/plain";
    payload->set_data(std::to_string(number));
}

/// Several of each, so that their order could differ.
template <typename Request>
void fillProperties(Dice& dice, Request* request) {
    auto& attributes = *request->mutable_search_attributes()->mutable_indexed_fields();
    auto& step = attributes["Step"];
    (*step.mutable_metadata())["encoding"] = "json/plain";
    step.set_data(std::to_string(dice.below(9)));
    auto& color = attributes["Color"];
    (*color.mutable_metadata())["encoding"] = "json/plain";
    color.set_data(dice.oneIn(2) ? "\"red\"" : "\"blue\"");
    for (const char* name : {"one", "two", "three", "four"}) {
        (*request->mutable_memo()->mutable_fields())[name].set_data(name);
        (*request->mutable_header()->mutable_fields())[name].set_data(name);
    }
}

/// The store failed, or the server crashed.
bool isDown(const Answer& answer) { return answer.code() == base::ErrorCode::Unavailable; }

}  // namespace

Clients::Clients(Network& network, Oracle& oracle, const Setting& setting, EagerTask eager, EagerTask wildEager)
    : m_network(network),
      m_oracle(oracle),
      m_setting(setting),
      m_eager(std::move(eager)),
      m_wildEager(std::move(wildEager)) {}

std::string Clients::anyId(Dice& dice) const { return "w" + std::to_string(dice.below(m_setting.workflowIds)); }

temporal::api::common::v1::WorkflowExecution Clients::target(Dice& dice) const {
    temporal::api::common::v1::WorkflowExecution execution;
    const auto& runs = m_network.world().runs;
    if (runs.empty() || dice.oneIn(3)) {
        execution.set_workflow_id(anyId(dice));
        return execution;
    }
    const server::Run& run = *runs[size_t(dice.below(int(runs.size())))];
    execution.set_workflow_id(run.workflowId);
    if (dice.oneIn(3)) execution.set_run_id(run.runId);
    return execution;
}

template <typename Request>
void Clients::fillStart(Dice& dice, Request* request) {
    request->set_namespace_(kNamespace);
    request->set_workflow_id(anyId(dice));
    const bool wild = m_setting.wildWorkers > 0 && dice.oneIn(2);
    request->mutable_workflow_type()->set_name(wild ? kWild : kProgram);
    request->mutable_task_queue()->set_name(wild ? kWildQueue : kQueue);
    request->set_request_id("request-" + std::to_string(++m_numbers));
    request->set_identity("client");
    addText(wild ? std::string() : makeScript(dice), request->mutable_input());
    addText("", request->mutable_input());
    addNumber(0, request->mutable_input());
    if (dice.oneIn(3)) fillProperties(dice, request);
    if (dice.oneIn(4))
        payload::toProto(std::chrono::seconds(5 + dice.below(60)), request->mutable_workflow_run_timeout());
    if (dice.oneIn(6)) {
        payload::toProto(std::chrono::seconds(10 + dice.below(90)), request->mutable_workflow_execution_timeout());
    }
    if (dice.oneIn(4))
        payload::toProto(std::chrono::seconds(1 + dice.below(9)), request->mutable_workflow_task_timeout());
    if (dice.oneIn(6))
        payload::toProto(std::chrono::seconds(1 + dice.below(9)), request->mutable_workflow_start_delay());
    if (dice.oneIn(8)) {
        constexpr const char* kCrons[] = {"@every 5s", "* * * * *", "@every 1m"};
        request->set_cron_schedule(kCrons[dice.below(3)]);
        request->clear_workflow_start_delay();
    }
    if (dice.oneIn(3)) {
        request->mutable_retry_policy()->set_maximum_attempts(1 + dice.below(3));
        request->mutable_retry_policy()->add_non_retryable_error_types("Hopeless");
    }
    constexpr enums::WorkflowIdReusePolicy kReuse[] = {
        enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED,      enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
        enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,  enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
        enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, kTerminateIfRunning};
    request->set_workflow_id_reuse_policy(kReuse[dice.below(6)]);
    constexpr enums::WorkflowIdConflictPolicy kConflict[] = {
        enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED, enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED,
        enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL, enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
        enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING};
    request->set_workflow_id_conflict_policy(kConflict[dice.below(5)]);
}

void Clients::start(Dice& dice, const std::string& eagerIdentity) {
    api::StartWorkflowExecutionRequest request;
    fillStart(dice, &request);
    if (dice.oneIn(5)) {
        request.set_request_eager_execution(true);
        request.set_identity(eagerIdentity);
    }
    const EagerTask& eager = request.workflow_type().name() == kWild ? m_wildEager : m_eager;
    m_network.call("client", 0, "StartWorkflowExecution", request, m_network.draw(dice),
                   [&eager](const Answer& answer) {
                       if (answer.failed()) return;
                       const auto response = answer.as<api::StartWorkflowExecutionResponse>();
                       if (response.has_eager_workflow_task()) eager(response.eager_workflow_task());
                   });
}

void Clients::signalWithStart(Dice& dice) {
    api::SignalWithStartWorkflowExecutionRequest request;
    fillStart(dice, &request);
    request.set_signal_name("note");
    addText("s" + std::to_string(m_numbers), request.mutable_signal_input());
    call("SignalWithStartWorkflowExecution", request, dice);
}

void Clients::signal(Dice& dice) {
    api::SignalWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_workflow_execution() = target(dice);
    request.set_signal_name(dice.oneIn(5) ? "slowly" : "note");
    request.set_request_id("request-" + std::to_string(++m_numbers));
    addText("s" + std::to_string(m_numbers), request.mutable_input());
    call("SignalWorkflowExecution", request, dice);
}

void Clients::fillUpdate(Dice& dice, api::UpdateWorkflowExecutionRequest* request) {
    request->set_namespace_(kNamespace);
    request->mutable_wait_policy()->set_lifecycle_stage(
        dice.oneIn(2) ? enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
                      : enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
    request->mutable_request()->mutable_meta()->set_update_id("u" + std::to_string(dice.below(12)));
    request->mutable_request()->mutable_input()->set_name("update");
    addText("u", request->mutable_request()->mutable_input()->mutable_args());
    addNumber(dice.below(6), request->mutable_request()->mutable_input()->mutable_args());
}

void Clients::update(Dice& dice) {
    api::UpdateWorkflowExecutionRequest request;
    fillUpdate(dice, &request);
    *request.mutable_workflow_execution() = target(dice);
    call("UpdateWorkflowExecution", request, dice);
}

void Clients::updateWithStart(Dice& dice) {
    api::ExecuteMultiOperationRequest request;
    request.set_namespace_(kNamespace);
    auto* start = request.add_operations()->mutable_start_workflow();
    fillStart(dice, start);
    start->clear_workflow_start_delay();
    start->clear_cron_schedule();
    if (dice.oneIn(2)) start->set_workflow_id_conflict_policy(enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    auto* update = request.add_operations()->mutable_update_workflow();
    fillUpdate(dice, update);
    update->mutable_workflow_execution()->set_workflow_id(start->workflow_id());
    call("ExecuteMultiOperation", request, dice);
}

void Clients::pollUpdate(Dice& dice) {
    api::PollWorkflowExecutionUpdateRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_update_ref()->mutable_workflow_execution() = target(dice);
    request.mutable_update_ref()->set_update_id("u" + std::to_string(dice.below(12)));
    if (dice.oneIn(2)) {
        request.mutable_wait_policy()->set_lifecycle_stage(enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
    }
    call("PollWorkflowExecutionUpdate", request, dice);
}

void Clients::query(Dice& dice) {
    api::QueryWorkflowRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_execution() = target(dice);
    request.mutable_query()->set_query_type("seen");
    request.set_query_reject_condition(static_cast<enums::QueryRejectCondition>(dice.below(4)));
    call("QueryWorkflow", request, dice);
}

void Clients::cancel(Dice& dice) {
    api::RequestCancelWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_workflow_execution() = target(dice);
    request.set_request_id("request-" + std::to_string(++m_numbers));
    call("RequestCancelWorkflowExecution", request, dice);
}

void Clients::terminate(Dice& dice) {
    api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_workflow_execution() = target(dice);
    request.set_reason("enough");
    call("TerminateWorkflowExecution", request, dice);
}

/// To some event of the run; most are none that a run can be reset to.
void Clients::reset(Dice& dice) {
    api::ResetWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_workflow_execution() = target(dice);
    request.set_request_id("request-" + std::to_string(++m_numbers));
    request.set_reason("once more");
    const auto& named = request.workflow_execution();
    const server::Run* run = m_network.world().findRun(kNamespace, named.workflow_id(), named.run_id());
    if (run == nullptr) return;
    int64_t to = 2 + dice.below(int(run->log.lastId()));
    // Mostly one that a run can be reset to.
    while (!dice.oneIn(12) && to < run->log.lastId() &&
           !run->log.event(to).has_workflow_task_completed_event_attributes()) {
        ++to;
    }
    request.set_workflow_task_finish_event_id(to);
    if (dice.oneIn(3)) request.add_reset_reapply_exclude_types(enums::RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL);
    if (dice.oneIn(4)) request.add_reset_reapply_exclude_types(enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE);
    call("ResetWorkflowExecution", request, dice);
}

void Clients::erase(Dice& dice) {
    api::DeleteWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_workflow_execution() = target(dice);
    call("DeleteWorkflowExecution", request, dice);
}

void Clients::end(const std::string& workflowId) {
    api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    request.mutable_workflow_execution()->set_workflow_id(workflowId);
    m_network.call("client", 0, "TerminateWorkflowExecution", request, Fault::None, [](const Answer&) {});
}

void Clients::look(Dice& dice) {
    if (dice.oneIn(3)) return listAll();
    api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_execution() = target(dice);
    const uint64_t jumps = m_network.world().clock.jumps();
    m_network.ask("client", 0, "DescribeWorkflowExecution", request, [this, jumps](const Answer& answer) {
        if (answer.failed() || jumps != m_network.world().clock.jumps()) return;
        m_oracle.checkDescription(answer.as<api::DescribeWorkflowExecutionResponse>());
    });
}

void Clients::listAll() {
    api::ListWorkflowExecutionsRequest request;
    request.set_namespace_(kNamespace);
    const uint64_t jumps = m_network.world().clock.jumps();
    m_network.ask("client", 0, "ListWorkflowExecutions", request, [this, jumps](const Answer& answer) {
        if (isDown(answer)) return;
        if (answer.failed()) throw Violation("visibility", "the list is refused: " + answer.text());
        // The clock may have gone on after the list was made.
        if (jumps != m_network.world().clock.jumps()) return;
        m_oracle.checkList(answer.as<api::ListWorkflowExecutionsResponse>());
    });
}

void Clients::ask(Dice& dice) {
    const ListQuestion question = makeQuestion(dice);
    const int pageSize = 1 + dice.below(6);
    const uint64_t jumps = m_network.world().clock.jumps();
    std::set<std::string> told;
    std::string token;
    bool down = false;
    do {
        api::ListWorkflowExecutionsRequest request;
        request.set_namespace_(kNamespace);
        request.set_query(question.filter);
        request.set_page_size(pageSize);
        request.set_next_page_token(token);
        token.clear();
        m_network.ask("client", 0, "ListWorkflowExecutions", request, [&](const Answer& answer) {
            down = isDown(answer);
            if (down) return;
            if (answer.failed()) throw Violation("visibility", question.filter + " is refused: " + answer.text());
            const auto page = answer.as<api::ListWorkflowExecutionsResponse>();
            if (page.executions_size() > pageSize) throw Violation("visibility", "a page is larger than asked for");
            for (const auto& info : page.executions()) {
                if (!told.insert(info.execution().run_id()).second) throw Violation("visibility", "two pages have it");
            }
            token = page.next_page_token();
        });
    } while (!token.empty());
    if (down) return;
    api::CountWorkflowExecutionsRequest count;
    count.set_namespace_(kNamespace);
    count.set_query(question.filter);
    const bool grouped = dice.oneIn(2);
    if (grouped) count.set_query(question.filter + " GROUP BY ExecutionStatus");
    m_network.ask("client", 0, "CountWorkflowExecutions", count, [&](const Answer& answer) {
        if (isDown(answer)) return;
        if (answer.failed()) throw Violation("visibility", question.filter + " is not counted: " + answer.text());
        // The clock may have gone on between the pages.
        if (jumps != m_network.world().clock.jumps()) return;
        m_oracle.checkSelection(question, told, answer.as<api::CountWorkflowExecutionsResponse>(), grouped);
    });
}

void Clients::changeNamespace(Dice& dice) {
    api::UpdateNamespaceRequest request;
    request.set_namespace_(kNamespace);
    const std::string description = "number " + std::to_string(++m_numbers);
    request.mutable_update_info()->set_description(description);
    const base::Duration retention = m_setting.retention > 0 ? base::Duration(std::chrono::seconds(2 + dice.below(90)))
                                                             : kForEver + std::chrono::hours(dice.below(1000));
    payload::toProto(retention, request.mutable_config()->mutable_workflow_execution_retention_ttl());
    // One that comes late would undo what a later one did. The server may crash in it.
    const auto done = std::make_shared<bool>(false);
    m_network.call("client", 0, "UpdateNamespace", request, Fault::None, [done](const Answer& answer) {
        if (answer.failed()) throw Violation("namespace", "the change is refused: " + answer.text());
        *done = true;
    });
    if (!*done) return;
    api::DescribeNamespaceRequest look;
    look.set_namespace_(kNamespace);
    m_network.ask("client", 0, "DescribeNamespace", look, [&](const Answer& answer) {
        if (isDown(answer)) return;
        const auto said = answer.as<api::DescribeNamespaceResponse>();
        if (said.namespace_info().description() != description ||
            payload::fromProto(said.config().workflow_execution_retention_ttl()) != retention) {
            throw Violation("namespace", "the namespace is not what it was changed to");
        }
    });
}

void Clients::follow(Dice& dice) {
    const auto& runs = m_network.world().runs;
    std::vector<std::shared_ptr<Follower>> idle;
    for (const auto& follower : m_followers) {
        if (!follower->asking && !follower->done) idle.push_back(follower);
    }
    if (!idle.empty() && !dice.oneIn(4)) {
        return ask(idle[size_t(dice.below(int(idle.size())))], m_network.draw(dice));
    }
    // Nobody knows yet of a run that is not kept.
    const bool unknown = m_network.storage != nullptr && m_network.storage->hasUnwritten();
    if (runs.empty() || unknown) return;
    const server::Run& run = *runs[size_t(dice.below(int(runs.size())))];
    auto follower = std::make_shared<Follower>();
    follower->workflowId = run.workflowId;
    follower->runId = run.runId;
    m_followers.push_back(follower);
    ask(follower, m_network.draw(dice));
}

void Clients::ask(const std::shared_ptr<Follower>& follower, Fault fault) {
    api::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_(kNamespace);
    request.mutable_execution()->set_workflow_id(follower->workflowId);
    request.mutable_execution()->set_run_id(follower->runId);
    request.set_next_page_token(follower->token);
    request.set_wait_new_event(true);
    request.set_maximum_page_size(7);
    follower->asking = true;
    m_network.call("follower", 0, "GetWorkflowExecutionHistory", request, fault,
                   [this, follower](const Answer& answer) { onPage(follower, answer); });
}

/// A follower sees every event once, in order, and hears when there will be no more.
void Clients::onPage(const std::shared_ptr<Follower>& follower, const Answer& answer) {
    follower->asking = false;
    const server::Run* run = runIn(m_network.world(), follower->runId);
    if (run == nullptr && m_oracle.wasDeleted(follower->runId)) {
        follower->done = true;
        return;
    }
    if (answer.failed() || run == nullptr)
        throw Violation("follower", "the history is refused: " + answer.text(), follower->runId);
    const auto page = answer.as<api::GetWorkflowExecutionHistoryResponse>();
    for (const HistoryEvent& event : page.history().events()) {
        if (event.event_id() != follower->last + 1 || event.event_id() > run->log.lastId() ||
            event.event_type() != run->log.event(event.event_id()).event_type()) {
            throw Violation("follower",
                            "event " + eventLine(event) + " comes after event " + std::to_string(follower->last),
                            follower->runId);
        }
        follower->last = event.event_id();
    }
    follower->token = page.next_page_token();
    follower->done = follower->token.empty();
    if (follower->done && (run->open() || follower->last != run->log.lastId())) {
        throw Violation("follower", "the history is said to be over at event " + std::to_string(follower->last),
                        follower->runId);
    }
}

void Clients::resetSticky(Dice& dice) {
    api::ResetStickyTaskQueueRequest request;
    request.set_namespace_(kNamespace);
    *request.mutable_execution() = target(dice);
    call("ResetStickyTaskQueue", request, dice);
}

void Clients::activityById(Dice& dice) {
    const auto execution = target(dice);
    const std::string activityId = std::to_string(1 + dice.below(4));
    const auto fill = [&](auto* request) {
        request->set_namespace_(kNamespace);
        request->set_workflow_id(execution.workflow_id());
        request->set_run_id(execution.run_id());
        request->set_activity_id(activityId);
    };
    if (dice.oneIn(2)) {
        api::RespondActivityTaskCompletedByIdRequest request;
        fill(&request);
        addText("by-id-" + std::to_string(++m_numbers), request.mutable_result());
        return call("RespondActivityTaskCompletedById", request, dice);
    }
    if (dice.oneIn(2)) {
        api::RecordActivityTaskHeartbeatByIdRequest request;
        fill(&request);
        return call("RecordActivityTaskHeartbeatById", request, dice);
    }
    api::RespondActivityTaskFailedByIdRequest request;
    fill(&request);
    request.mutable_failure()->set_message("by id");
    request.mutable_failure()->mutable_application_failure_info()->set_type("Broken");
    call("RespondActivityTaskFailedById", request, dice);
}

void Clients::testService(Dice& dice) {
    namespace test = temporal::api::testservice::v1;
    if (!m_network.world().options.testService) return;
    test::SleepRequest sleep;
    payload::toProto(std::chrono::seconds(1 + dice.below(30)), sleep.mutable_duration());
    switch (dice.below(4)) {
        case 0: return call("LockTimeSkipping", test::LockTimeSkippingRequest(), dice);
        case 1: return call("UnlockTimeSkipping", test::UnlockTimeSkippingRequest(), dice);
        case 2: return call("Sleep", sleep, dice);
        default: return call("UnlockTimeSkippingWithSleep", sleep, dice);
    }
}

void Clients::stopRace() {
    m_network.call("client", 0, "LockTimeSkipping", temporal::api::testservice::v1::LockTimeSkippingRequest(),
                   Fault::None, [](const Answer&) {});
}

void Clients::unlockAll() {
    while (m_network.world().clientLocks > 0) {
        m_network.call("client", 0, "UnlockTimeSkipping", temporal::api::testservice::v1::UnlockTimeSkippingRequest(),
                       Fault::None, [](const Answer&) {});
    }
}

void Clients::release(const std::string& workflowId, const std::string& runId) {
    api::SignalWorkflowExecutionRequest request;
    request.set_namespace_(kNamespace);
    request.mutable_workflow_execution()->set_workflow_id(workflowId);
    request.mutable_workflow_execution()->set_run_id(runId);
    request.set_signal_name("release");
    request.set_request_id("request-" + std::to_string(++m_numbers));
    m_network.call("client", 0, "SignalWorkflowExecution", request, Fault::None, [](const Answer&) {});
}

}  // namespace orrery::simulation
