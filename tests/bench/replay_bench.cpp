// SPDX-License-Identifier: MIT
// What time travel through a long history costs. Prints figures and asserts nothing about time.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/base/clock.h"
#include "core/replay/session.h"
#include "core/workflow/registry.h"
#include "core/workflow/workflow.h"

namespace {

using namespace orrery;
using temporal::api::history::v1::HistoryEvent;
namespace enums = temporal::api::enums::v1;

constexpr int kEvents = 10'000;

/// One activity after another, for ever.
class Loop {
public:
    workflow::Task<> run() {
        const auto options = workflow::ActivityOptions().startToCloseTimeout(std::chrono::minutes(1));
        while (true) co_await workflow::execute("step", options, std::string("round ") + std::to_string(++m_rounds));
    }
    int rounds() const { return m_rounds; }

    static workflow::Definition<Loop> definition() {
        auto definition = workflow::define<Loop>("Loop");
        definition.run(&Loop::run).query("rounds", &Loop::rounds);
        return definition;
    }

private:
    int m_rounds = 0;
};

class Writer {
public:
    int64_t last() const { return m_last; }
    std::shared_ptr<const history::History> history() const { return m_builder.snapshot(); }

    void task() {
        add(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, [](HistoryEvent&) {});
        add(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED, [](HistoryEvent&) {});
        add(enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED, [](HistoryEvent&) {});
    }
    template <typename Fill>
    void add(enums::EventType type, Fill fill) {
        HistoryEvent event;
        event.set_event_id(++m_last);
        event.set_event_type(type);
        event.mutable_event_time()->set_seconds(1'700'000'000 + m_last);
        fill(event);
        m_builder.append(event);
    }

private:
    history::HistoryBuilder m_builder;
    int64_t m_last = 0;
};

std::shared_ptr<const history::History> generate() {
    Writer out;
    out.add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, [](HistoryEvent& event) {
        auto* started = event.mutable_workflow_execution_started_event_attributes();
        started->mutable_workflow_type()->set_name("Loop");
        started->mutable_task_queue()->set_name("q");
        started->set_original_execution_run_id("run");
    });
    for (int round = 1; out.last() + 6 <= kEvents; ++round) {
        out.task();
        out.add(enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, [round](HistoryEvent& event) {
            auto* from = event.mutable_activity_task_scheduled_event_attributes();
            from->set_activity_id(std::to_string(round));
            from->mutable_activity_type()->set_name("step");
            from->mutable_task_queue()->set_name("q");
            from->mutable_start_to_close_timeout()->set_seconds(60);
            auto* input = from->mutable_input()->add_payloads();
            (*input->mutable_metadata())["encoding"] = "json/plain";
            input->set_data("\"round " + std::to_string(round) + "\"");
        });
        const int64_t scheduled = out.last();
        out.add(enums::EVENT_TYPE_ACTIVITY_TASK_STARTED, [scheduled](HistoryEvent& event) {
            event.mutable_activity_task_started_event_attributes()->set_scheduled_event_id(scheduled);
        });
        out.add(enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, [scheduled](HistoryEvent& event) {
            event.mutable_activity_task_completed_event_attributes()->set_scheduled_event_id(scheduled);
        });
    }
    return out.history();
}

template <typename Work>
double milliseconds(Work work) {
    const base::Duration before = base::monotonicNow();
    work();
    return std::chrono::duration<double, std::milli>(base::monotonicNow() - before).count();
}

struct Spread {
    double median = 0;
    double worst = 0;
};
template <typename Work>
Spread spread(int first, int last, int by, Work work) {
    std::vector<double> times;
    for (int i = first; by > 0 ? i <= last : i >= last; i += by) times.push_back(milliseconds([&] { work(i); }));
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times.back()};
}

void print(const char* what, const Spread& times) {
    fmt::print("{:<38} median {:8.3f} ms, worst {:8.3f} ms\n", what, times.median, times.worst);
}

}  // namespace

int main() {
    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    workflows->add(Loop::definition());
    const auto history = generate();
    const auto fresh = [&] { return replay::Session(history, workflows); };
    double opening = milliseconds([&] { fresh(); });
    auto session = fresh();
    const int last = session.taskCount();
    fmt::print("{} events, {} workflow tasks\nopen{:43.3f} ms\n", history->size(), last, opening);

    print("a step forward, nothing known", spread(1, last, 1, [&](int task) { session.step(task); }));
    print("a step back", spread(last, 1, -1, [&](int task) { session.step(task); }));
    print("cold jump to the last task", spread(1, 5, 1, [&](int) { fresh().step(last); }));
    auto cold = fresh();
    cold.step(last);
    print("a step back after a cold jump", spread(last - 1, 1, -1, [&](int task) { cold.step(task); }));
    const auto ask = [&](int task) {
        if (std::get<payload::Payload>(session.query(task, "rounds", {})).data != std::to_string(task)) std::abort();
    };
    print("a query after each step forward", spread(last - 100, last, 1, ask));
    print("a query after each step back", spread(last, last - 100, -1, ask));
    return session.firstDivergence() ? 1 : 0;
}
