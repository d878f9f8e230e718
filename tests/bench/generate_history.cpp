// SPDX-License-Identifier: MIT
#include "tests/bench/generate_history.h"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/payload/proto.h"

namespace orrery::bench {
namespace {

namespace enums = temporal::api::enums::v1;
using namespace std::chrono_literals;
using temporal::api::common::v1::Payloads;
using temporal::api::history::v1::HistoryEvent;

constexpr std::array kActivities = {"reserve_stock", "charge_card", "print_label", "send_receipt", "notify_warehouse"};

class Desk {
public:
    Desk(size_t events, uint32_t seed) : m_wanted(events), m_random(seed * 2654435761U + 1) {}

    std::shared_ptr<const history::History> run() {
        start();
        // Every round ends with a finished workflow task; the filler brings the number to what was asked for.
        while (count() + 40 < m_wanted) round();
        while (count() + 1 < m_wanted) signal("tick");
        auto& done = add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
        value(*done.mutable_workflow_execution_completed_event_attributes()->mutable_result(), R"({"orders":4711})");
        flush();
        return m_builder.snapshot();
    }

private:
    uint32_t random(uint32_t below) {
        m_random = m_random * 1664525 + 1013904223;
        return (m_random >> 8) % below;
    }
    void wait(base::Duration span) { m_now += span; }
    void waitAbout(base::Duration span) { m_now += span / 2 + span * random(1000) / 1000; }

    static void value(Payloads& target, const std::string& json) {
        auto* payload = target.add_payloads();
        (*payload->mutable_metadata())["encoding"] = "json/plain";
        payload->set_data(json);
    }

    /// Begins an event; the one before it is finished then.
    HistoryEvent& add(enums::EventType type) {
        flush();
        m_open.Clear();
        m_open.set_event_id(static_cast<int64_t>(m_builder.size()) + 1);
        payload::toProto(m_now, m_open.mutable_event_time());
        m_open.set_event_type(type);
        m_open.set_task_id(1'048'576 + m_open.event_id());
        m_pending = true;
        return m_open;
    }
    void flush() {
        if (m_pending) m_builder.append(m_open);
        m_pending = false;
    }
    size_t count() const { return m_builder.size() + (m_pending ? 1 : 0); }
    int64_t last() const { return m_open.event_id(); }

    void start() {
        auto& started =
            *add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED).mutable_workflow_execution_started_event_attributes();
        started.mutable_workflow_type()->set_name("OrderDesk");
        started.mutable_task_queue()->set_name("orders");
        started.set_workflow_id("order-desk");
        started.set_original_execution_run_id("0190a5f0-0000-7000-8000-000000000001");
        started.set_first_execution_run_id(started.original_execution_run_id());
        started.set_attempt(1);
        started.set_identity("client@desk");
        value(*started.mutable_input(), R"({"desk":"north","day":"2026-03-12"})");
        task();
    }

    void task() {
        auto& scheduled =
            *add(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED).mutable_workflow_task_scheduled_event_attributes();
        scheduled.mutable_task_queue()->set_name("orders");
        scheduled.mutable_start_to_close_timeout()->set_seconds(10);
        scheduled.set_attempt(1);
        const int64_t at = last();
        waitAbout(3ms);
        auto& started = *add(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED).mutable_workflow_task_started_event_attributes();
        started.set_scheduled_event_id(at);
        started.set_identity("4711@worker");
        started.set_history_size_bytes(static_cast<int64_t>(m_builder.size()) * 300);
        waitAbout(5ms);
        auto& done = *add(enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED).mutable_workflow_task_completed_event_attributes();
        done.set_scheduled_event_id(at);
        done.set_started_event_id(at + 1);
        done.set_identity("4711@worker");
        m_task = last();
    }

    void round() {
        switch (random(8)) {
            case 0: timer(); break;
            case 1: child(); break;
            case 2: update(); break;
            case 3: markers(); break;
            case 4: signal("approve"); break;
            default: activities(1 + random(4)); break;
        }
        if (random(40) == 0) wait(9h);
        task();
    }

    void activities(uint32_t count) {
        std::vector<int64_t> scheduled;
        for (uint32_t i = 0; i < count; ++i) {
            auto& activity =
                *add(enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED).mutable_activity_task_scheduled_event_attributes();
            activity.set_activity_id(std::to_string(last()));
            activity.mutable_activity_type()->set_name(kActivities[random(kActivities.size())]);
            activity.mutable_task_queue()->set_name("orders");
            value(*activity.mutable_input(), fmt::format(R"({{"order":"A-{}","amount":{}.50}})", last(), random(900)));
            activity.mutable_start_to_close_timeout()->set_seconds(30);
            activity.mutable_retry_policy()->mutable_initial_interval()->set_seconds(1);
            activity.mutable_retry_policy()->set_maximum_attempts(5);
            activity.set_workflow_task_completed_event_id(m_task);
            scheduled.push_back(last());
        }
        for (const int64_t id : scheduled) runActivity(id);
    }

    void runActivity(int64_t scheduledId) {
        const int attempt = random(6) == 0 ? 2 + static_cast<int>(random(4)) : 1;
        waitAbout(attempt > 1 ? 4s : 20ms);
        auto& started = *add(enums::EVENT_TYPE_ACTIVITY_TASK_STARTED).mutable_activity_task_started_event_attributes();
        started.set_scheduled_event_id(scheduledId);
        started.set_attempt(attempt);
        started.set_identity("4711@worker");
        if (attempt > 1) {
            auto& failure = *started.mutable_last_failure();
            failure.set_message("the bank did not answer");
            failure.mutable_application_failure_info()->set_type("BankError");
        }
        const int64_t startedId = last();
        waitAbout(300ms);
        if (attempt == 5 && random(2) == 0) {
            auto& failed = *add(enums::EVENT_TYPE_ACTIVITY_TASK_FAILED).mutable_activity_task_failed_event_attributes();
            failed.set_scheduled_event_id(scheduledId);
            failed.set_started_event_id(startedId);
            failed.mutable_failure()->set_message("the card was refused");
            failed.mutable_failure()->mutable_application_failure_info()->set_type("CardError");
            failed.set_retry_state(enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
            return;
        }
        auto& done = *add(enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED).mutable_activity_task_completed_event_attributes();
        done.set_scheduled_event_id(scheduledId);
        done.set_started_event_id(startedId);
        done.set_identity("4711@worker");
        value(*done.mutable_result(), fmt::format(R"({{"ok":true,"reference":"R-{}"}})", random(1'000'000)));
    }

    void timer() {
        auto& event = add(enums::EVENT_TYPE_TIMER_STARTED);
        auto& started = *event.mutable_timer_started_event_attributes();
        started.set_timer_id(std::to_string(last()));
        started.set_workflow_task_completed_event_id(m_task);
        const int64_t seconds = 1 + random(600);
        started.mutable_start_to_fire_timeout()->set_seconds(seconds);
        const int64_t at = last();
        const std::string id = started.timer_id();
        wait(std::chrono::seconds(seconds));
        auto& fired = *add(enums::EVENT_TYPE_TIMER_FIRED).mutable_timer_fired_event_attributes();
        fired.set_timer_id(id);
        fired.set_started_event_id(at);
    }

    void child() {
        const std::string id = fmt::format("shipment-{}", m_builder.size());
        auto& asked = *add(enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
                           .mutable_start_child_workflow_execution_initiated_event_attributes();
        asked.set_workflow_id(id);
        asked.mutable_workflow_type()->set_name("Shipment");
        asked.mutable_task_queue()->set_name("orders");
        asked.set_workflow_task_completed_event_id(m_task);
        value(*asked.mutable_input(), fmt::format(R"("parcel {}")", random(1000)));
        const int64_t at = last();
        waitAbout(30ms);
        auto& started = *add(enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
                             .mutable_child_workflow_execution_started_event_attributes();
        started.set_initiated_event_id(at);
        started.mutable_workflow_execution()->set_workflow_id(id);
        started.mutable_workflow_execution()->set_run_id(fmt::format("0190a5f0-0000-7000-8000-{:012}", at));
        started.mutable_workflow_type()->set_name("Shipment");
        const int64_t startedId = last();
        waitAbout(40s);
        auto& done = *add(enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)
                          .mutable_child_workflow_execution_completed_event_attributes();
        done.set_initiated_event_id(at);
        done.set_started_event_id(startedId);
        done.mutable_workflow_execution()->set_workflow_id(id);
        done.mutable_workflow_type()->set_name("Shipment");
        value(*done.mutable_result(), R"("delivered")");
    }

    void signal(const char* name) {
        waitAbout(2s);
        auto& signal =
            *add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED).mutable_workflow_execution_signaled_event_attributes();
        signal.set_signal_name(name);
        signal.set_identity("clerk@desk");
        value(*signal.mutable_input(), fmt::format(R"({{"by":"clerk {}"}})", random(20)));
    }

    void update() {
        auto& accepted = *add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                              .mutable_workflow_execution_update_accepted_event_attributes();
        const std::string id = fmt::format("update-{}", last());
        accepted.set_protocol_instance_id(id);
        accepted.mutable_accepted_request()->mutable_meta()->set_update_id(id);
        accepted.mutable_accepted_request()->mutable_input()->set_name("set_address");
        value(*accepted.mutable_accepted_request()->mutable_input()->mutable_args(), R"({"street":"Long Lane 1"})");
        const int64_t at = last();
        waitAbout(15ms);
        auto& done = *add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED)
                          .mutable_workflow_execution_update_completed_event_attributes();
        done.mutable_meta()->set_update_id(id);
        done.set_accepted_event_id(at);
        value(*done.mutable_outcome()->mutable_success(), "true");
    }

    void markers() {
        auto& version = *add(enums::EVENT_TYPE_MARKER_RECORDED).mutable_marker_recorded_event_attributes();
        version.set_marker_name("Version");
        value((*version.mutable_details())["change-id"], fmt::format("\"change-{}\"", random(9)));
        value((*version.mutable_details())["version"], "1");
        version.set_workflow_task_completed_event_id(m_task);
        auto& local = *add(enums::EVENT_TYPE_MARKER_RECORDED).mutable_marker_recorded_event_attributes();
        local.set_marker_name("LocalActivity");
        value((*local.mutable_details())["data"],
              fmt::format(R"({{"ActivityID":"{}","ActivityType":"price","Attempt":1}})", last()));
        value((*local.mutable_details())["result"], std::to_string(random(500)));
        local.set_workflow_task_completed_event_id(m_task);
    }

    size_t m_wanted;
    uint32_t m_random;
    base::Timestamp m_now = *base::parseTimestamp("2026-03-12T08:00:00Z");
    HistoryEvent m_open;
    bool m_pending = false;
    int64_t m_task = 0;
    history::HistoryBuilder m_builder;
};

}  // namespace

std::shared_ptr<const history::History> generateHistory(size_t events, uint32_t seed) {
    return Desk(events, seed).run();
}

}  // namespace orrery::bench
