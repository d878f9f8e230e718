// SPDX-License-Identifier: MIT
// The language of list filters: the first byte says who asks, the rest is the filter.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "tests/fuzz/stage.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace api = temporal::api::workflowservice::v1;

template <typename Request>
void ask(orrery::fuzz::Stage& stage, const char* name, const std::string& filter) {
    Request request;
    request.set_namespace_("default");
    request.set_query(filter);
    stage.call(name, request);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace orrery::fuzz;
    Bytes bytes(data, size);
    const uint8_t who = bytes.byte();
    std::string filter = bytes.rest();
    for (char& c : filter) c = char(c & 0x7f);
    // Asking changes nothing, so one server serves them all.
    static Stage stage;
    if (who % 2 == 0) ask<api::ListWorkflowExecutionsRequest>(stage, "ListWorkflowExecutions", filter);
    if (who % 2 == 1) ask<api::CountWorkflowExecutionsRequest>(stage, "CountWorkflowExecutions", filter);
    if (who % 16 == 7) ask<api::ScanWorkflowExecutionsRequest>(stage, "ScanWorkflowExecutions", filter);
    return 0;
}
