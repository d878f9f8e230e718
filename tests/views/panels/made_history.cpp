// SPDX-License-Identifier: MIT
#include "tests/views/panels/made_history.h"

#include <deque>
#include <string>

#include <temporal/api/history/v1/message.pb.h>

namespace orrery::test {
namespace {

namespace api = temporal::api;
using namespace std::chrono_literals;
using api::history::v1::HistoryEvent;
using base::Duration;

class Maker {
public:
    explicit Maker(size_t most = SIZE_MAX) : m_most(most) {}

    void pass(Duration time) { m_now += time; }

    HistoryEvent event(api::enums::v1::EventType type) {
        HistoryEvent made;
        made.set_event_id(++m_id);
        made.set_event_type(type);
        const auto nanos = m_now.time_since_epoch().count();
        made.mutable_event_time()->set_seconds(nanos / 1'000'000'000);
        made.mutable_event_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
        return made;
    }

    int64_t add(const HistoryEvent& made) {
        if (m_builder.size() < m_most) m_builder.append(made);
        return made.event_id();
    }

    int64_t lastId() const { return m_id; }
    std::shared_ptr<const ::orrery::history::History> done() const { return m_builder.snapshot(); }

    void task(bool failed = false, Duration wait = 4ms, Duration run = 12ms) {
        auto scheduled = event(api::enums::v1::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
        scheduled.mutable_workflow_task_scheduled_event_attributes()->set_attempt(1);
        const int64_t scheduledId = add(scheduled);
        pass(wait);
        auto started = event(api::enums::v1::EVENT_TYPE_WORKFLOW_TASK_STARTED);
        started.mutable_workflow_task_started_event_attributes()->set_scheduled_event_id(scheduledId);
        started.mutable_workflow_task_started_event_attributes()->set_identity("worker-1");
        const int64_t startedId = add(started);
        pass(run);
        if (failed) {
            auto closed = event(api::enums::v1::EVENT_TYPE_WORKFLOW_TASK_FAILED);
            auto* attributes = closed.mutable_workflow_task_failed_event_attributes();
            attributes->set_scheduled_event_id(scheduledId);
            attributes->set_started_event_id(startedId);
            attributes->mutable_failure()->set_message("no such field: total");
            add(closed);
        } else {
            auto closed = event(api::enums::v1::EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
            auto* attributes = closed.mutable_workflow_task_completed_event_attributes();
            attributes->set_scheduled_event_id(scheduledId);
            attributes->set_started_event_id(startedId);
            attributes->set_identity("worker-1");
            m_task = add(closed);
        }
    }

    static void payload(api::common::v1::Payloads* payloads, const std::string& json) {
        auto* one = payloads->add_payloads();
        (*one->mutable_metadata())["encoding"] = "json/plain";
        one->set_data(json);
    }

    int64_t schedule(const std::string& type, const std::string& input) {
        auto made = event(api::enums::v1::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
        auto* attributes = made.mutable_activity_task_scheduled_event_attributes();
        attributes->set_activity_id(std::to_string(m_id));
        attributes->mutable_activity_type()->set_name(type);
        attributes->mutable_task_queue()->set_name("orders");
        attributes->mutable_start_to_close_timeout()->set_seconds(10);
        attributes->set_workflow_task_completed_event_id(m_task);
        payload(attributes->mutable_input(), input);
        return add(made);
    }

    int64_t start(int64_t scheduled, int attempt = 1, const std::string& lastFailure = {}) {
        auto made = event(api::enums::v1::EVENT_TYPE_ACTIVITY_TASK_STARTED);
        auto* attributes = made.mutable_activity_task_started_event_attributes();
        attributes->set_scheduled_event_id(scheduled);
        attributes->set_identity("worker-1");
        attributes->set_attempt(attempt);
        if (!lastFailure.empty()) attributes->mutable_last_failure()->set_message(lastFailure);
        return add(made);
    }

    void complete(int64_t scheduled, int64_t started, const std::string& result) {
        auto made = event(api::enums::v1::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
        auto* attributes = made.mutable_activity_task_completed_event_attributes();
        attributes->set_scheduled_event_id(scheduled);
        attributes->set_started_event_id(started);
        attributes->set_identity("worker-1");
        payload(attributes->mutable_result(), result);
        add(made);
    }

    void fail(int64_t scheduled, int64_t started, const std::string& message) {
        auto made = event(api::enums::v1::EVENT_TYPE_ACTIVITY_TASK_FAILED);
        auto* attributes = made.mutable_activity_task_failed_event_attributes();
        attributes->set_scheduled_event_id(scheduled);
        attributes->set_started_event_id(started);
        attributes->mutable_failure()->set_message(message);
        attributes->mutable_failure()->mutable_application_failure_info()->set_type("Declined");
        add(made);
    }

    void workflowStarted(const std::string& type, const std::string& input) {
        auto made = event(api::enums::v1::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
        auto* attributes = made.mutable_workflow_execution_started_event_attributes();
        attributes->mutable_workflow_type()->set_name(type);
        attributes->mutable_task_queue()->set_name("orders");
        attributes->set_workflow_id("order-4711");
        payload(attributes->mutable_input(), input);
        add(made);
    }

    int64_t startTimer(const std::string& id, Duration length) {
        auto made = event(api::enums::v1::EVENT_TYPE_TIMER_STARTED);
        auto* attributes = made.mutable_timer_started_event_attributes();
        attributes->set_timer_id(id);
        attributes->mutable_start_to_fire_timeout()->set_seconds(length / 1s);
        attributes->set_workflow_task_completed_event_id(m_task);
        return add(made);
    }

    void fireTimer(const std::string& id, int64_t started) {
        auto made = event(api::enums::v1::EVENT_TYPE_TIMER_FIRED);
        made.mutable_timer_fired_event_attributes()->set_timer_id(id);
        made.mutable_timer_fired_event_attributes()->set_started_event_id(started);
        add(made);
    }

    int64_t initiateChild(const std::string& type) {
        auto made = event(api::enums::v1::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED);
        auto* attributes = made.mutable_start_child_workflow_execution_initiated_event_attributes();
        attributes->set_workflow_id("fraud-4711");
        attributes->mutable_workflow_type()->set_name(type);
        return add(made);
    }

    int64_t startChild(int64_t initiated, const std::string& type) {
        auto made = event(api::enums::v1::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED);
        auto* attributes = made.mutable_child_workflow_execution_started_event_attributes();
        attributes->set_initiated_event_id(initiated);
        attributes->mutable_workflow_type()->set_name(type);
        attributes->mutable_workflow_execution()->set_workflow_id("fraud-4711");
        attributes->mutable_workflow_execution()->set_run_id("0f8fad5b-d9cb-469f-a165-70867728950e");
        return add(made);
    }

    void completeChild(int64_t initiated, int64_t started, const std::string& result) {
        auto made = event(api::enums::v1::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED);
        auto* attributes = made.mutable_child_workflow_execution_completed_event_attributes();
        attributes->set_initiated_event_id(initiated);
        attributes->set_started_event_id(started);
        payload(attributes->mutable_result(), result);
        add(made);
    }

    void signal(const std::string& name, const std::string& input) {
        auto made = event(api::enums::v1::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
        auto* attributes = made.mutable_workflow_execution_signaled_event_attributes();
        attributes->set_signal_name(name);
        attributes->set_identity("console");
        payload(attributes->mutable_input(), input);
        add(made);
    }

    int64_t acceptUpdate(const std::string& name, const std::string& input) {
        auto made = event(api::enums::v1::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
        auto* attributes = made.mutable_workflow_execution_update_accepted_event_attributes();
        attributes->set_protocol_instance_id("update-1");
        auto* request = attributes->mutable_accepted_request();
        request->mutable_meta()->set_update_id("update-1");
        request->mutable_input()->set_name(name);
        payload(request->mutable_input()->mutable_args(), input);
        return add(made);
    }

    void completeUpdate(int64_t accepted, const std::string& result) {
        auto made = event(api::enums::v1::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED);
        auto* attributes = made.mutable_workflow_execution_update_completed_event_attributes();
        attributes->mutable_meta()->set_update_id("update-1");
        attributes->set_accepted_event_id(accepted);
        payload(attributes->mutable_outcome()->mutable_success(), result);
        add(made);
    }

private:
    base::Timestamp m_now = *base::parseTimestamp("2026-03-09T08:14:00Z");
    int64_t m_id = 0;
    int64_t m_task = 0;
    size_t m_most;
    ::orrery::history::HistoryBuilder m_builder;
};

void firstDay(Maker& make) {
    make.workflowStarted("OrderWorkflow",
                         R"({"order":"order-4711","customer":"Ada Lovelace","items":["book","lamp"]})");
    make.task();
    const int64_t create = make.schedule("createOrder", R"("order-4711")");
    make.pass(250ms);
    const int64_t createStarted = make.start(create);
    make.pass(1300ms);
    make.complete(create, createStarted, R"({"id":"order-4711"})");
    make.task();
    const int64_t charge = make.schedule("chargeCard", R"({"amount":41.50,"currency":"EUR"})");
    const int64_t reserve = make.schedule("reserveStock", R"(["book","lamp"])");
    make.pass(550ms);
    const int64_t reserveStarted = make.start(reserve);
    make.pass(3600ms);
    make.complete(reserve, reserveStarted, "2");
    make.task();
    make.pass(200ms);
    const int64_t chargeStarted = make.start(charge, 3, "card declined");
    make.pass(900ms);
    make.complete(charge, chargeStarted, R"("41.50 EUR")");
    make.task();
    const int64_t timer = make.startTimer("approval time-out", 24h);
    const int64_t child = make.initiateChild("fraudCheck");
    make.pass(150ms);
    const int64_t childStarted = make.startChild(child, "fraudCheck");
    make.pass(5s);
    make.completeChild(child, childStarted, R"("low risk")");
    make.task(true);
    make.task();
    make.pass(2800ms);
    make.signal("note", R"("call back first")");
    make.task();
    make.pass(900ms);
    const int64_t update = make.acceptUpdate("setAddress", R"({"street":"Hauptstr. 5"})");
    make.pass(2300ms);
    make.completeUpdate(update, "true");
    make.pass(24h - 18s);
    make.fireTimer("approval time-out", timer);
    make.task();
}

void secondDay(Maker& make) {
    const int64_t remind =
        make.schedule("sendReminder", R"({"to":"ada@example.org","order":"order-4711","total":41.5})");
    make.pass(1000ms);
    const int64_t remindStarted = make.start(remind);
    make.pass(3400ms);
    make.complete(remind, remindStarted, "true");
    make.task();
    const int64_t receipt = make.schedule("sendReceipt", R"("ada@example.org")");
    make.pass(120ms);
    const int64_t receiptStarted = make.start(receipt);
    make.pass(700ms);
    make.fail(receipt, receiptStarted, "mailbox is full");
    make.task();
    const int64_t pack = make.schedule("packParcel", R"("order-4711")");
    make.pass(250ms);
    make.start(pack);
    make.pass(5s);
    make.schedule("printLabel", R"("order-4711")");
}

}  // namespace

std::shared_ptr<const ::orrery::history::History> orderHistory() { return orderHistory(SIZE_MAX); }

std::shared_ptr<const ::orrery::history::History> orderHistory(size_t events) {
    Maker make(events);
    firstDay(make);
    secondDay(make);
    return make.done();
}

std::shared_ptr<const ::orrery::history::History> largeHistory(size_t events) {
    Maker make;
    make.workflowStarted("Batch", R"({"chunks":10000})");
    make.task();
    static constexpr const char* kTypes[] = {"fetchPage", "parsePage", "storeRows", "chargeCard", "sendReceipt"};
    struct Running {
        int64_t scheduled;
        int64_t started;
    };
    std::deque<Running> running;
    for (int round = 0; static_cast<size_t>(make.lastId()) < events; ++round) {
        const int64_t scheduled =
            make.schedule(kTypes[round % 5], "{\"chunk\":" + std::to_string(round) + ",\"from\":\"page\"}");
        make.pass(std::chrono::milliseconds(2 + round * 7 % 40));
        running.push_back({scheduled, make.start(scheduled, round % 23 == 0 ? 3 : 1)});
        make.pass(std::chrono::milliseconds(5 + round * 13 % 60));
        if (round % 500 == 499) {
            for (const Running& one : running) make.complete(one.scheduled, one.started, "true");
            running.clear();
            make.task();
            make.pass(3h);
        }
        if (running.size() < 6) continue;
        const Running one = running.front();
        running.pop_front();
        if (round % 41 == 0) {
            make.fail(one.scheduled, one.started, "connection reset");
        } else {
            make.complete(one.scheduled, one.started, std::to_string(round * 17));
        }
        if (round % 3 == 0) make.task(round % 97 == 0);
    }
    return make.done();
}

}  // namespace orrery::test
