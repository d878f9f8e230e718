// SPDX-License-Identifier: MIT
// How histories are read, and what is said of runs and queues.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kRun = "execution { workflow_id: '$w' } ";

/// All pages of a history, as their sizes and the numbers of their events.
template <typename Response>
void pages(Play& p, const std::string& rpc, const std::string& request) {
    std::string token;
    for (int number = 1; number < 20; ++number) {
        const auto page = p.ask<Response>(rpc, request + Play::bytes("next_page_token", token));
        std::string text = "page " + std::to_string(number) + ":";
        for (const auto& event : page.history().events()) text += " " + std::to_string(event.event_id());
        p.note(text + (page.next_page_token().empty() ? " and no more" : ""));
        token = page.next_page_token();
        if (token.empty()) return;
    }
}

void sevenEvents(Play& p) {
    p.start();
    p.step({timer("t"), marker("m"), done()});
}

constexpr PlayScript kPlays[] = {
    {"history in pages",
     [](Play& p) {
         sevenEvents(p);
         pages<wsv::GetWorkflowExecutionHistoryResponse>(p, "GetWorkflowExecutionHistory", kRun);
         pages<wsv::GetWorkflowExecutionHistoryReverseResponse>(p, "GetWorkflowExecutionHistoryReverse", kRun);
     }},
    {"close event only",
     [](Play& p) {
         p.start();
         const auto h =
             p.begin("GetWorkflowExecutionHistory",
                     kRun + "wait_new_event: true history_event_filter_type: HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT");
         p.waits(h);
         p.step({done()});
         p.endHistory(h);
         p.endHistory(p.begin("GetWorkflowExecutionHistory",
                              kRun + "history_event_filter_type: HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"));
     }},
    {"close event of an open run",
     [](Play& p) {
         p.start();
         p.step({timer("t")});
         p.endHistory(p.begin("GetWorkflowExecutionHistory",
                              kRun + "history_event_filter_type: HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"));
         p.terminate();
     }},
    {"waiting for events",
     [](Play& p) {
         p.start();
         const auto first = p.ask<wsv::GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory",
                                                                            kRun + "wait_new_event: true");
         p.note("at first " + std::to_string(first.history().events_size()));
         const auto h =
             p.begin("GetWorkflowExecutionHistory",
                     kRun + "wait_new_event: true " + Play::bytes("next_page_token", first.next_page_token()));
         p.waits(h);
         p.signal("s");
         p.endHistory(h);
         p.terminate();
     }},
    {"waiting for events of one that has ended",
     [](Play& p) {
         sevenEvents(p);
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun + "wait_new_event: true"));
     }},
    {"history without waiting",
     [](Play& p) {
         p.start();
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun));
         const auto t = p.task();
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun));
         p.fail(t);
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun));
         p.terminate();
     }},
    {"history with a retried task",
     [](Play& p) {
         p.start();
         p.fail(p.task());
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun));
         const auto t = p.task();
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun));
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun + "wait_new_event: true"));
         p.complete(t, {done()});
     }},
    {"history tokens that do not fit",
     [](Play& p) {
         sevenEvents(p);
         p.call("GetWorkflowExecutionHistory", kRun + "next_page_token: 'nonsense'");
         p.call("GetWorkflowExecutionHistory", "execution { workflow_id: '$w' run_id: 'x' }");
         p.call("GetWorkflowExecutionHistory",
                "execution { workflow_id: '$w' run_id: '11111111-2222-3333-4444-555555555555' }");
         p.call("GetWorkflowExecutionHistoryReverse",
                "execution { workflow_id: '$w' run_id: '11111111-2222-3333-4444-555555555555' }");
     }},
    {"history of the run before",
     [](Play& p) {
         p.start();
         p.save("first", p.saved("r"));
         p.step({again()});
         p.next();
         p.endHistory(p.begin("GetWorkflowExecutionHistory", "execution { workflow_id: '$w' run_id: '$first' }"));
         p.endHistory(p.begin("GetWorkflowExecutionHistory", kRun));
         p.step({done()});
     }},
    {"described with a task",
     [](Play& p) {
         p.start();
         p.describe();
         const auto t = p.task();
         p.describe();
         p.fail(t);
         p.describe();
         p.task();
         p.describe();
         p.terminate();
         p.describe();
     }},
    {"described with all that can wait",
     [](Play& p) {
         p.start();
         p.step({act("b", "start_to_close_timeout { seconds: 9 } retry_policy { initial_interval { seconds: 50 } }"),
                 timer("t"), child("c", "parent_close_policy: PARENT_CLOSE_POLICY_ABANDON")});
         p.wait("ChildWorkflowExecutionStarted");
         p.step();
         p.fail(p.activity(), "message: 'odd' application_failure_info { type: 'Odd' }");
         p.describe();
         p.terminate();
         p.call("TerminateWorkflowExecution", "workflow_execution { workflow_id: '$w-c' }");
     }},
    {"words of the user",
     [](Play& p) {
         p.start("user_metadata { summary { data: 's' } details { data: 'd' } }");
         p.step({timer("t", 60, "user_metadata { summary { data: 'nap' } }"),
                 act("a") + " user_metadata { summary { data: 'work' } }",
                 child("c") + " user_metadata { summary { data: 'kid' } details { data: 'k' } }"});
         p.wait("ChildWorkflowExecutionStarted");
         p.describe("$w-c");
         p.terminate();
     }},
};

}  // namespace

std::span<const PlayScript> historyPlays() { return kPlays; }

std::vector<PlayScript> playScripts() {
    std::vector<PlayScript> scripts;
    for (const auto some : {taskPlays(), activityPlays(), messagePlays(), updatePlays(), runPlays(), relativePlays(),
                            listPlays(), historyPlays()}) {
        scripts.insert(scripts.end(), some.begin(), some.end());
    }
    return scripts;
}

}  // namespace orrery::test
