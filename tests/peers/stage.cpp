// SPDX-License-Identifier: MIT
#include "tests/peers/stage.h"

#include <cstdlib>

#include <temporal/api/history/v1/message.pb.h>
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "app/samples/samples.h"
#include "tests/peers/features.h"

namespace orrery::test {
namespace {

namespace wsv = temporal::api::workflowservice::v1;

std::string chain(const payload::Failure& failure) {
    const auto* application = dynamic_cast<const payload::ApplicationFailure*>(&failure);
    std::string text = (application ? application->type() + ": " : "") + failure.message();
    return failure.cause() ? text + " <- " + chain(*failure.cause()) : text;
}

int count(const history::History& history, const std::string& type) {
    int found = 0;
    for (size_t i = 0; i < history.size(); ++i) found += history[i].typeName() == type;
    return found;
}

/// No workflow task is on its way that would write more.
bool isQuiet(const history::History& history) {
    const std::string last = history.empty() ? "" : history[history.size() - 1].typeName();
    return !last.empty() && last != "WorkflowTaskScheduled" && last != "WorkflowTaskStarted";
}

}  // namespace

Peer Peer::real() {
    const char* address = std::getenv("ORRERY_PEER_ADDRESS");
    if (!address) {
        throw base::Error(base::ErrorCode::FailedPrecondition,
                          "ORRERY_PEER_ADDRESS is not set: run this through tests/peers/with_server.py");
    }
    Peer peer("the real server");
    peer.m_address = address;
    return peer;
}

Peer Peer::embedded() {
    Peer peer("the embedded server");
    testing::EnvironmentOptions options;
    options.listen = true;
    peer.m_environment =
        std::make_shared<testing::WorkflowEnvironment>(testing::WorkflowEnvironment::startLocal(options));
    peer.m_address = peer.m_environment->address();
    return peer;
}

client::Client Peer::connect(const std::string& identity) const {
    client::ConnectOptions options;
    options.address = m_address;
    options.identity = identity;
    return client::Client::connect(options);
}

Stage::Stage(const Peer& peer, std::string script)
    : m_script(std::move(script)), m_client(peer.connect("client")), m_workerClient(peer.connect("worker")) {}

Stage::~Stage() {
    m_gate->open();
    stopWorker();
}

void Stage::startWorker(worker::WorkerOptions options, bool gated) {
    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    const auto activities = std::make_shared<activity::ActivityRegistry>();
    samples::registerSamples(*workflows, *activities);
    registerFeatures(*workflows, *activities);
    std::shared_ptr<const definition::ActivityInvoker> invoker = activities;
    if (gated) invoker = std::make_shared<GatedActivities>(activities, m_gate);
    if (options.taskQueue.empty()) options.taskQueue = m_script;
    m_worker = std::make_unique<worker::Worker>(m_workerClient.connection(), workflows, invoker, options);
    m_worker->start();
}

void Stage::stopWorker() {
    if (m_worker) m_worker->shutdown();
    m_worker.reset();
}

void Stage::loseWorker() {
    m_worker->abandon();
    m_worker.reset();
}

definition::StartWorkflowOptions Stage::options(const std::string& suffix) const {
    return definition::StartWorkflowOptions()
        .id(suffix.empty() ? m_script : m_script + "-" + suffix)
        .taskQueue(m_script);
}

void Stage::compare(const std::string& workflowId, const std::string& runId) {
    m_compared.push_back(m_client.workflow(workflowId, runId));
}

client::WorkflowHandle Stage::next(const client::WorkflowHandle& handle) {
    const std::string runId = closed(handle)->summary().continuedTo;
    compare(handle.id(), runId);
    return m_compared.back();
}

client::WorkflowHandle Stage::child(const client::WorkflowHandle& parent, int number) {
    const auto history = until(parent, [number](const history::History& events) {
        return count(events, "ChildWorkflowExecutionStarted") > number;
    });
    for (size_t i = 0; i < history->size(); ++i) {
        const auto& event = (*history)[i].message();
        if (!event.has_child_workflow_execution_started_event_attributes() || number-- > 0) continue;
        const auto& execution = event.child_workflow_execution_started_event_attributes().workflow_execution();
        compare(execution.workflow_id(), execution.run_id());
        break;
    }
    return m_compared.back();
}

HistoryPtr Stage::until(const client::WorkflowHandle& handle,
                        const std::function<bool(const history::History&)>& done) {
    history::HistoryBuilder builder;
    std::string token;
    const client::WorkflowRef ref{handle.id(), handle.runId(), {}};
    for (;;) {
        const auto response = m_client.connection()->callAndWait<wsv::GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory",
            client::historyRequest(*m_client.connection(), ref, token, true, client::HistoryFilter::All),
            client::CallOptions::longPoll(client::RetryPolicy::forWaiting()));
        for (const auto& event : response.history().events()) builder.append(event);
        token = response.next_page_token();
        const HistoryPtr history = builder.snapshot();
        if (done(*history)) return history;
        if (token.empty()) {
            throw base::Error(base::ErrorCode::FailedPrecondition,
                              handle.id() + " closed before it came to what the script waits for");
        }
    }
}

HistoryPtr Stage::settled(const client::WorkflowHandle& handle, const std::string& eventType, int number) {
    return until(handle, [&](const history::History& history) {
        return isQuiet(history) && count(history, eventType) >= number;
    });
}

HistoryPtr Stage::closed(const client::WorkflowHandle& handle) {
    return until(handle, [](const history::History& history) {
        return history.summary().status != history::WorkflowStatus::Running;
    });
}

const google::protobuf::Message& Stage::describe(const client::WorkflowHandle& handle) {
    m_described = m_client.workflow(handle.id(), handle.runId()).describe();
    return *m_described.response;
}

void Stage::addSearchAttributes() const {
    namespace ops = temporal::api::operatorservice::v1;
    ops::AddSearchAttributesRequest request;
    request.set_namespace_("default");
    auto& attributes = *request.mutable_search_attributes();
    attributes["OrreryCustomer"] = temporal::api::enums::v1::INDEXED_VALUE_TYPE_KEYWORD;
    attributes["OrreryTier"] = temporal::api::enums::v1::INDEXED_VALUE_TYPE_INT;
    call<ops::AddSearchAttributesResponse>("/temporal.api.operatorservice.v1.OperatorService/AddSearchAttributes",
                                           request);
}

void Stage::waitUntilListed(const std::string& filter, int64_t count) const {
    constexpr int kPatience = 20000;
    for (int i = 0; i < kPatience; ++i) {
        if (m_client.countWorkflows(filter) == count) return;
    }
    throw base::Error(base::ErrorCode::DeadlineExceeded, "the server never listed " + filter);
}

void Stage::noteError(const std::string& what, const std::function<void()>& call) {
    try {
        call();
        note("{}: no error", what);
    } catch (const client::WorkflowFailedError& error) {
        note("{}: WorkflowFailed {}: {} <- {}", what, history::workflowStatusName(error.status()), error.what(),
             chain(*error.cause()));
    } catch (const client::UpdateFailedError& error) {
        note("{}: UpdateFailed: {} <- {}", what, error.what(), chain(*error.cause()));
    } catch (const base::Error& error) {
        note("{}: {} {}: {}", what, typeid(error).name(), base::errorCodeName(error.code()), error.what());
    }
}

void Stage::noteResult(const client::WorkflowHandle& handle) {
    noteError("result of " + handle.id(), [&] {
        std::string text;
        for (const auto& each : handle.resultPayloads()) text += each.data + " ";
        note("result of {} is {}", handle.id(), text);
    });
}

std::vector<std::string> Stage::transcript() {
    std::vector<std::string> all = m_notes;
    for (const auto& handle : m_compared) {
        all.push_back("history of " + handle.id());
        for (std::string& line : m_normaliser.lines(*handle.history())) all.push_back(std::move(line));
    }
    return all;
}

}  // namespace orrery::test
