// SPDX-License-Identifier: MIT
#include "tests/soak/load.h"

#include <algorithm>
#include <atomic>

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/activity/activity.h"
#include "core/activity/registry.h"
#include "core/payload/proto.h"
#include "tests/simulation/program.h"

namespace orrery::soak {

using namespace std::chrono_literals;

namespace {

constexpr const char* kQueue = "soak";
/// Messages go to the last so many workflows.
constexpr int64_t kWarm = 40;

std::shared_ptr<const definition::ActivityInvoker> activities() {
    auto registry = std::make_shared<activity::ActivityRegistry>();
    registry->add("work", [](int number) -> std::string {
        static std::atomic<uint64_t> calls{0};
        activity::heartbeat(number);
        if (++calls % 9 == 0) throw std::runtime_error("now and then it fails");
        return std::string(size_t(number) * 20, 'r');
    });
    return registry;
}

client::Client connect(const std::string& address) {
    client::ConnectOptions options;
    options.address = address;
    return client::Client::connect(options);
}

std::string idOf(int64_t number) { return "soak-" + std::to_string(number); }

}  // namespace

Load::Load(const std::string& address, uint64_t seed) : m_client(connect(address)), m_dice(seed) {
    temporal::api::operatorservice::v1::AddSearchAttributesRequest add;
    add.set_namespace_("default");
    (*add.mutable_search_attributes())["Step"] = temporal::api::enums::v1::INDEXED_VALUE_TYPE_INT;
    temporal::api::operatorservice::v1::AddSearchAttributesResponse added;
    m_client.connection()->callAndWait("/temporal.api.operatorservice.v1.OperatorService/AddSearchAttributes", add,
                                       &added);
    replaceWorker();
}

void Load::replaceWorker() {
    if (m_worker) m_worker->abandon();
    worker::WorkerOptions options;
    options.taskQueue = kQueue;
    options.cacheSize = 200;
    m_worker = std::make_unique<worker::Worker>(m_client.connection(), simulation::programs(false), activities(),
                                                std::move(options));
    m_worker->start();
}

template <typename Work>
void Load::attempt(Work&& work) {
    ++m_requests;
    try {
        work();
    } catch (const base::Error& error) {
        ++m_refusals[std::string(base::errorCodeName(error.code()))];
    }
}

std::string Load::anyId() {
    return idOf(std::max<int64_t>(0, m_started - 1 - m_dice.below(int(std::min(kWarm, m_started + 1)))));
}

void Load::message(const client::WorkflowHandle& workflow) {
    switch (m_dice.below(8)) {
        case 0:
        case 1:
        case 2: return workflow.signal("note", std::string("s") + std::to_string(++m_signals));
        case 3: workflow.query<std::string>("seen"); return;
        case 4: workflow.startUpdate("update", std::string("u"), m_dice.below(6)); return;
        case 5: return workflow.cancel();
        case 6: return m_dice.oneIn(3) ? workflow.terminate("enough") : void();
        default: workflow.describe();
    }
}

void Load::look() {
    switch (m_dice.below(3)) {
        case 0: m_client.listWorkflows("ExecutionStatus = 'Running'", 20); return;
        case 1: m_client.countWorkflows("WorkflowType = 'program'"); return;
        default: m_client.workflow(anyId()).history();
    }
}

void Load::erase(const client::WorkflowHandle& workflow) {
    temporal::api::workflowservice::v1::DeleteWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(workflow.id());
    temporal::api::workflowservice::v1::DeleteWorkflowExecutionResponse response;
    m_client.connection()->callAndWait("/temporal.api.workflowservice.v1.WorkflowService/DeleteWorkflowExecution",
                                       request, &response);
}

void Load::step() {
    attempt([this] {
        definition::StartWorkflowOptions options;
        options.id(idOf(m_started++)).taskQueue(kQueue).runTimeout(10min);
        m_client.startWorkflow(simulation::kProgram, options, simulation::makeScript(m_dice), std::string(), 0);
        ++m_taken;
    });
    for (int more = m_dice.below(4); more > 0; --more) {
        attempt([this] { message(m_client.workflow(anyId())); });
    }
    // What waits for signals goes on in the end.
    if (m_started > kWarm) {
        attempt([this] { m_client.workflow(idOf(m_started - kWarm)).signal("release"); });
    }
    if (m_dice.oneIn(10)) attempt([this] { look(); });
    if (m_dice.oneIn(20)) attempt([this] { erase(m_client.workflow(anyId())); });
}

void Load::skip(base::Duration by) {
    google::protobuf::Duration request;
    payload::toProto(by, &request);
    google::protobuf::Struct status;
    m_client.connection()->callAndWait("/orrery.clock.v1.Clock/Skip", request, &status);
}

}  // namespace orrery::soak
