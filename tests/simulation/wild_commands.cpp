// SPDX-License-Identifier: MIT
#include "tests/simulation/wild_commands.h"

#include "core/payload/proto.h"
#include "tests/simulation/program.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {

using temporal::api::command::v1::Command;
namespace updates = temporal::api::update::v1;

namespace {

using Completion = api::RespondWorkflowTaskCompletedRequest;
constexpr int kMostGenerations = 3;

void addJson(const std::string& json, temporal::api::common::v1::Payloads* to) {
    auto* payload = to->add_payloads();
    (*payload->mutable_metadata())["encoding"] = "json/plain";
    payload->set_data(json);
}

temporal::api::common::v1::Payload attribute(const std::string& type, const std::string& json) {
    temporal::api::common::v1::Payload payload;
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    (*payload.mutable_metadata())["type"] = type;
    payload.set_data(json);
    return payload;
}

Command& add(Completion* request, enums::CommandType type) {
    Command& command = *request->add_commands();
    command.set_command_type(type);
    return command;
}

template <typename Duration>
void seconds(Dice& dice, int least, int most, Duration* to) {
    payload::toProto(std::chrono::seconds(least + dice.below(most - least + 1)), to);
}

template <typename Item>
const Item& any(const std::vector<Item>& items, Dice& dice) {
    return items[size_t(dice.below(int(items.size())))];
}

void addActivity(const std::string& id, Dice& dice, Completion* request) {
    auto* activity =
        add(request, enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK).mutable_schedule_activity_task_command_attributes();
    activity->set_activity_id(id);
    activity->mutable_activity_type()->set_name("work");
    activity->mutable_task_queue()->set_name(kQueue);
    activity->set_request_eager_execution(dice.oneIn(3));
    if (dice.oneIn(2)) seconds(dice, 4, 30, activity->mutable_schedule_to_close_timeout());
    if (dice.oneIn(3)) seconds(dice, 1, 9, activity->mutable_schedule_to_start_timeout());
    if (dice.oneIn(3)) seconds(dice, 1, 5, activity->mutable_heartbeat_timeout());
    if (!activity->has_schedule_to_close_timeout() || dice.oneIn(2)) {
        seconds(dice, 2, 12, activity->mutable_start_to_close_timeout());
    }
    if (dice.oneIn(4)) return;
    auto* policy = activity->mutable_retry_policy();
    policy->set_maximum_attempts(1 + dice.below(5));
    if (dice.oneIn(2)) policy->add_non_retryable_error_types("Hopeless");
    if (dice.oneIn(2)) seconds(dice, 1, 3, policy->mutable_initial_interval());
    if (dice.oneIn(3)) policy->set_backoff_coefficient(1.0 + dice.below(4));
}

void addChild(const WildFacts& facts, const std::string& tag, Dice& dice, Completion* request) {
    auto* child = add(request, enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION)
                      .mutable_start_child_workflow_execution_command_attributes();
    const bool wild = dice.oneIn(2);
    // Now and then an id that somebody else may have.
    child->set_workflow_id(dice.oneIn(5) ? "w" + std::to_string(dice.below(6)) : "child-" + tag);
    child->mutable_workflow_type()->set_name(wild ? kWild : kProgram);
    child->mutable_task_queue()->set_name(wild ? kWildQueue : kQueue);
    fillWildInput({}, facts.generation + 1, child->mutable_input());
    if (!wild) child->mutable_input()->mutable_payloads(0)->set_data('"' + makeScript(dice, 0) + '"');
    child->set_parent_close_policy(static_cast<enums::ParentClosePolicy>(dice.below(4)));
    child->set_workflow_id_reuse_policy(static_cast<enums::WorkflowIdReusePolicy>(dice.below(4)));
    if (dice.oneIn(3)) seconds(dice, 3, 20, child->mutable_workflow_run_timeout());
    if (dice.oneIn(4)) seconds(dice, 5, 60, child->mutable_workflow_execution_timeout());
    if (dice.oneIn(3)) child->mutable_retry_policy()->set_maximum_attempts(1 + dice.below(3));
}

void addAttributes(Dice& dice, Completion* request) {
    auto& fields = *add(request, enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
                        .mutable_upsert_workflow_search_attributes_command_attributes()
                        ->mutable_search_attributes()
                        ->mutable_indexed_fields();
    constexpr const char* kColors[] = {"\"red\"", "\"green\"", "\"blue\""};
    if (dice.oneIn(2)) fields["Step"] = attribute("Int", std::to_string(dice.below(9)));
    if (dice.oneIn(2)) fields["Color"] = attribute("Keyword", kColors[dice.below(3)]);
    if (dice.oneIn(3)) fields["Price"] = attribute("Double", std::to_string(dice.below(20)) + ".5");
    if (dice.oneIn(3)) fields["Flag"] = attribute("Bool", dice.oneIn(2) ? "true" : "false");
    // Empty takes the attribute away.
    if (fields.empty() || dice.oneIn(5)) fields["Color"] = attribute("Keyword", "null");
}

void addSignal(const WildFacts& facts, Dice& dice, Completion* request) {
    auto* signal = add(request, enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION)
                       .mutable_signal_external_workflow_execution_command_attributes();
    const bool toChild = !facts.children.empty() && dice.oneIn(2);
    signal->mutable_execution()->set_workflow_id(toChild ? any(facts.children, dice)
                                                         : "w" + std::to_string(dice.below(6)));
    signal->set_child_workflow_only(toChild && dice.oneIn(2));
    signal->set_signal_name("slowly");
    addJson("\"from a wild one\"", signal->mutable_input());
}

void addCancelOfOther(const WildFacts& facts, Dice& dice, Completion* request) {
    auto* cancel = add(request, enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION)
                       .mutable_request_cancel_external_workflow_execution_command_attributes();
    const bool toChild = !facts.children.empty() && !dice.oneIn(3);
    cancel->set_workflow_id(toChild ? any(facts.children, dice) : "w" + std::to_string(dice.below(6)));
}

/// The result of a local activity, or any other marker.
void addMarker(const std::string& tag, Dice& dice, Completion* request) {
    auto* marker = add(request, enums::COMMAND_TYPE_RECORD_MARKER).mutable_record_marker_command_attributes();
    marker->set_marker_name(dice.oneIn(2) ? "core_local_activity" : "Version");
    addJson('"' + tag + '"', &(*marker->mutable_details())["data"]);
    if (dice.oneIn(4)) marker->mutable_failure()->set_message("the local activity failed");
}

void addOne(const WildFacts& facts, const std::string& tag, Dice& dice, Completion* request) {
    switch (dice.below(13)) {
        case 0:
        case 1:
        case 2: return addActivity("a" + tag, dice, request);
        case 3:
        case 4: {
            auto* timer = add(request, enums::COMMAND_TYPE_START_TIMER).mutable_start_timer_command_attributes();
            timer->set_timer_id("t" + tag);
            return seconds(dice, 0, 12, timer->mutable_start_to_fire_timeout());
        }
        case 5: return addChild(facts, tag, dice, request);
        case 6: return addAttributes(dice, request);
        case 7: return addSignal(facts, dice, request);
        case 8: return addCancelOfOther(facts, dice, request);
        case 9:
        case 10: return addMarker(tag, dice, request);
        case 11: {
            auto& memo = *add(request, enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES)
                              .mutable_modify_workflow_properties_command_attributes()
                              ->mutable_upserted_memo()
                              ->mutable_fields();
            memo["tag"] = attribute("Keyword", '"' + tag + '"');
            memo["other"] = attribute("Keyword", "\"always\"");
            return;
        }
        default: return;
    }
}

/// Cancels what is there; each only once in a request.
void addCancels(const WildFacts& facts, Dice& dice, Completion* request) {
    for (const std::string& id : facts.timers) {
        if (!dice.oneIn(5)) continue;
        add(request, enums::COMMAND_TYPE_CANCEL_TIMER).mutable_cancel_timer_command_attributes()->set_timer_id(id);
    }
    for (const int64_t id : facts.activities) {
        if (!dice.oneIn(5)) continue;
        add(request, enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK)
            .mutable_request_cancel_activity_task_command_attributes()
            ->set_scheduled_event_id(id);
    }
}

void addContinue(const WildFacts& facts, Dice& dice, Completion* request) {
    auto* next = add(request, enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION)
                     .mutable_continue_as_new_workflow_execution_command_attributes();
    fillWildInput(facts.carried + facts.notes, facts.generation + 1, next->mutable_input());
    next->mutable_workflow_type()->set_name(kWild);
    next->mutable_task_queue()->set_name(kWildQueue);
    if (dice.oneIn(3)) seconds(dice, 1, 5, next->mutable_backoff_start_interval());
    if (dice.oneIn(3)) seconds(dice, 5, 30, next->mutable_workflow_run_timeout());
    if (dice.oneIn(4)) next->mutable_retry_policy()->set_maximum_attempts(2);
}

void addEnd(const WildFacts& facts, Dice& dice, Completion* request) {
    switch (dice.below(6)) {
        case 0: {
            auto* failed = add(request, enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION)
                               .mutable_fail_workflow_execution_command_attributes();
            failed->mutable_failure()->set_message("a wild end");
            auto* info = failed->mutable_failure()->mutable_application_failure_info();
            info->set_type(dice.oneIn(4) ? "Hopeless" : "Broken");
            info->set_non_retryable(dice.oneIn(4));
            return;
        }
        case 1:
            if (facts.cancelRequested) {
                add(request, enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION)
                    .mutable_cancel_workflow_execution_command_attributes();
                return;
            }
            break;
        case 2:
        case 3:
            if (facts.generation < kMostGenerations) return addContinue(facts, dice, request);
            break;
        default: break;
    }
    addCompletion(facts, request);
}

void pack(const std::string& id, const std::string& instance, const google::protobuf::Message& body, bool command,
          Completion* request) {
    auto* message = request->add_messages();
    message->set_id(id);
    message->set_protocol_instance_id(instance);
    message->mutable_body()->PackFrom(body);
    if (!command) return;
    add(request, enums::COMMAND_TYPE_PROTOCOL_MESSAGE)
        .mutable_protocol_message_command_attributes()
        ->set_message_id(id);
}

void addOutcome(const std::string& instance, const std::string& updateId, const std::string& messageId,
                Completion* request) {
    updates::Response body;
    body.mutable_meta()->set_update_id(updateId);
    addJson("\"done\"", body.mutable_outcome()->mutable_success());
    pack(messageId + "/complete", instance, body, true, request);
}

}  // namespace

void addWildCommands(const WildFacts& facts, const std::string& tag, Dice& dice, Completion* request) {
    addCancels(facts, dice, request);
    const int most = dice.oneIn(20) ? 30 : 4;
    for (int count = dice.below(most); count > 0; --count) {
        addOne(facts, tag + "." + std::to_string(count), dice, request);
    }
    const bool mayEnd = facts.lastId > 4 || dice.oneIn(4);
    if (mayEnd && dice.oneIn(4)) addEnd(facts, dice, request);
}

void addNonsense(const WildFacts& facts, Dice& dice, Completion* request) {
    switch (dice.below(8)) {
        case 0:
            add(request, enums::COMMAND_TYPE_CANCEL_TIMER)
                .mutable_cancel_timer_command_attributes()
                ->set_timer_id("nonsense");
            return;
        case 1:
            add(request, enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK)
                .mutable_request_cancel_activity_task_command_attributes()
                ->set_scheduled_event_id(facts.lastId + 1000);
            return;
        case 2: addActivity("twice", dice, request); return addActivity("twice", dice, request);
        case 3: add(request, enums::COMMAND_TYPE_START_TIMER); return;
        case 4: addCompletion(facts, request); return addMarker("late", dice, request);
        case 5: addCompletion(facts, request); return addCompletion(facts, request);
        case 6:
            add(request, enums::COMMAND_TYPE_PROTOCOL_MESSAGE)
                .mutable_protocol_message_command_attributes()
                ->set_message_id("unknown");
            return;
        default: add(request, enums::COMMAND_TYPE_UNSPECIFIED); return;
    }
}

void addUpdateAnswers(const api::PollWorkflowTaskQueueResponse& task, const WildFacts& facts, Dice& dice, bool polite,
                      Completion* request) {
    for (size_t i = 0; i < facts.updates.size(); ++i) {
        if (!polite && dice.oneIn(2)) continue;
        addOutcome(facts.updates[i], facts.updatesIds[i], facts.updates[i], request);
    }
    for (const auto& message : task.messages()) {
        updates::Request asked;
        if (!message.body().UnpackTo(&asked)) continue;
        const std::string& instance = message.protocol_instance_id();
        const int how = polite ? 3 : dice.below(6);
        // Leaves one without any answer now and then.
        if (how == 0 && dice.oneIn(3)) continue;
        if (how == 0) {
            updates::Rejection body;
            body.set_rejected_request_message_id(message.id());
            body.set_rejected_request_sequencing_event_id(message.event_id());
            *body.mutable_rejected_request() = asked;
            body.mutable_failure()->set_message("not now");
            body.mutable_failure()->mutable_application_failure_info()->set_type("Rejected");
            pack(message.id() + "/reject", instance, body, false, request);
            continue;
        }
        updates::Acceptance body;
        body.set_accepted_request_message_id(message.id());
        body.set_accepted_request_sequencing_event_id(message.event_id());
        *body.mutable_accepted_request() = asked;
        pack(message.id() + "/accept", instance, body, true, request);
        if (how > 2) addOutcome(instance, asked.meta().update_id(), message.id(), request);
    }
}

void addCompletion(const WildFacts& facts, Completion* request) {
    addJson('"' + facts.carried + facts.notes + '"', add(request, enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION)
                                                         .mutable_complete_workflow_execution_command_attributes()
                                                         ->mutable_result());
}

void fillWildInput(const std::string& seen, int generation, temporal::api::common::v1::Payloads* input) {
    addJson("\"\"", input);
    addJson('"' + seen + '"', input);
    addJson(std::to_string(generation), input);
}

}  // namespace orrery::simulation
