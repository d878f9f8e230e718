// SPDX-License-Identifier: MIT
#include "core/worker/history_fetch.h"

#include <temporal/api/workflowservice/v1/request_response.pb.h>

namespace orrery::worker {
namespace {

namespace service = temporal::api::workflowservice::v1;

struct Fetch : std::enable_shared_from_this<Fetch> {
    Calls& calls;
    HistorySource source;
    std::vector<HistoryEvent> events;
    std::function<void(std::vector<HistoryEvent>, client::RpcErrorPtr)> done;

    Fetch(Calls& callsIn, HistorySource sourceIn) : calls(callsIn), source(std::move(sourceIn)) {}

    void next() {
        service::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_(source.namespaceName);
        request.mutable_execution()->set_workflow_id(source.workflowId);
        request.mutable_execution()->set_run_id(source.runId);
        request.set_next_page_token(source.pageToken);
        calls.call<service::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory", request, {},
            [self = shared_from_this()](auto response, client::RpcErrorPtr error) {
                self->onPage(response.get(), std::move(error));
            });
    }

    void onPage(service::GetWorkflowExecutionHistoryResponse* response, client::RpcErrorPtr error) {
        if (error) {
            done({}, std::move(error));
            return;
        }
        for (HistoryEvent& event : *response->mutable_history()->mutable_events()) events.push_back(std::move(event));
        source.pageToken = std::move(*response->mutable_next_page_token());
        if (source.pageToken.empty()) {
            done(std::move(events), nullptr);
        } else {
            next();
        }
    }
};

}  // namespace

void fetchHistory(Calls& calls, HistorySource source, std::vector<HistoryEvent> events,
                  std::function<void(std::vector<HistoryEvent>, client::RpcErrorPtr)> done) {
    const auto fetch = std::make_shared<Fetch>(calls, std::move(source));
    fetch->events = std::move(events);
    fetch->done = std::move(done);
    fetch->next();
}

}  // namespace orrery::worker
