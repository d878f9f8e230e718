// SPDX-License-Identifier: MIT
#include "tests/fuzz/stage.h"

#include <tuple>

#include <google/protobuf/descriptor.h>
#include <temporal/api/operatorservice/v1/service.pb.h>
#include <temporal/api/testservice/v1/service.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>
#include <temporal/api/workflowservice/v1/service.pb.h>

#include "core/base/log.h"
#include "core/payload/proto.h"

namespace orrery::fuzz {

using namespace std::chrono_literals;
namespace api = temporal::api::workflowservice::v1;

namespace {

constexpr std::string_view kWorkflowService = "/temporal.api.workflowservice.v1.WorkflowService/";
/// More wake-ups than any honest input needs in the time that one may pass.
constexpr int kMostWakes = 20'000;

server::WorldOptions worldOptions() {
    server::WorldOptions options;
    options.testService = true;
    return options;
}

uint16_t keyOf(const std::string& path) {
    uint32_t hash = 0x811c9dc5;
    for (const char c : path) hash = (hash ^ uint8_t(c)) * 0x01000193;
    return uint16_t(hash ^ hash >> 16);
}

/// Services have no code here; naming their tables makes the linker take the files with their descriptors.
const void* const volatile kLinked[] = {&descriptor_table_temporal_2fapi_2fworkflowservice_2fv1_2fservice_2eproto,
                                        &descriptor_table_temporal_2fapi_2foperatorservice_2fv1_2fservice_2eproto,
                                        &descriptor_table_temporal_2fapi_2ftestservice_2fv1_2fservice_2eproto};

template <typename Add>
void addService(const std::string& package, Add add) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName("temporal/api/" + package +
                                                                                          "/v1/service.proto");
    const bool linked = kLinked[0] != nullptr && kLinked[1] != nullptr && kLinked[2] != nullptr;
    if (file == nullptr || !linked) fail("no descriptor of " + package);
    const auto* service = file->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
        add("/" + service->full_name() + "/" + service->method(i)->name());
    }
}

}  // namespace

class Stage::Kept final : public server::Call {
public:
    explicit Kept(const std::string& request) : request(request) {}
    void finish(server::Reply given) override {
        if (reply) fail(request + " was answered twice");
        reply = std::move(given);
    }

    std::string request;
    std::optional<server::Reply> reply;
};

const std::vector<Stage::Entry>& Stage::table() {
    static const std::vector<Entry> entries = [] {
        base::setLogLevel(base::LogLevel::Off);
        std::vector<Entry> all;
        const auto add = [&all](const std::string& path) {
            // What a later protocol may name, this server need not have.
            if (const auto* method = server::allMethods().find(path)) all.push_back({keyOf(path), path, method});
        };
        for (const char* file : {"workflowservice", "operatorservice", "testservice"}) addService(file, add);
        for (const char* name : {"Status", "Pause", "Resume", "Automatic", "Step", "Skip", "RunTo", "GoOn"}) {
            add(std::string("/orrery.clock.v1.Clock/") + name);
        }
        add("/orrery.history.v1.Attempts/List");
        std::sort(all.begin(), all.end(), [](const Entry& one, const Entry& other) {
            return std::pair(one.key, one.path) < std::pair(other.key, other.path);
        });
        return all;
    }();
    return entries;
}

const Stage::Entry& Stage::at(uint16_t key) {
    const auto& all = table();
    const auto found = std::lower_bound(all.begin(), all.end(), key,
                                        [](const Entry& entry, uint16_t wanted) { return entry.key < wanted; });
    return found == all.end() ? all.front() : *found;
}

Stage::Stage(test::Rows* disk)
    : m_world((table(), worldOptions())), m_wall(*base::parseTimestamp("2026-03-12T09:00:00Z")) {
    const bool goesOn = disk != nullptr && !disk->rows.empty();
    if (disk != nullptr) m_kept.emplace(m_world, *disk, m_wall);
    m_lastNow = m_world.now;
    if (goesOn) {
        pass(0s);
        return;
    }
    auto& attributes = m_world.changeNamespace("default").searchAttributes;
    attributes["CustomInt"] = int(server::enums::INDEXED_VALUE_TYPE_INT);
    attributes["CustomKeyword"] = int(server::enums::INDEXED_VALUE_TYPE_KEYWORD);
    pass(0s);
    prepare();
}

template <typename Work>
void Stage::input(Work&& work) {
    m_world.begin(m_wall);
    work();
    m_world.settle();
    if (m_kept) m_kept->save();
    for (auto& [call, reply] : std::exchange(m_world.outbox, {})) call->finish(std::move(reply));
    std::erase_if(m_waiting, [this](const std::shared_ptr<Kept>& call) {
        if (!call->reply) return false;
        if (call->reply->error) {
            if (call->reply->error->code() == base::ErrorCode::Internal) fail(call->request + " failed inside");
            return true;
        }
        const std::unique_ptr<google::protobuf::Message> answer(call->reply->message->New());
        if (!answer->ParseFromString(call->reply->message->SerializeAsString() + call->reply->tail)) {
            fail("the answer to " + call->request + " cannot be read");
        }
        words.learn(*answer);
        return true;
    });
    if (m_world.now < m_lastNow) fail("virtual time went back");
    m_lastNow = m_world.now;
}

void Stage::call(const server::Methods::Method& method, const google::protobuf::Message& request) {
    const auto kept = std::make_shared<Kept>(request.GetDescriptor()->full_name());
    m_waiting.push_back(kept);
    input([&] { server::Methods::run(method, m_world, request, kept); });
}

void Stage::call(const std::string& name, const google::protobuf::Message& request) {
    const auto* method = server::allMethods().find(std::string(kWorkflowService) + name);
    if (method == nullptr) fail("no method " + name);
    call(*method, request);
}

void Stage::pass(base::Duration by) {
    const base::Timestamp target = m_wall + by;
    for (int wakes = 0; wakes < kMostWakes; ++wakes) {
        const auto wake = m_world.nextWake();
        if (!wake || *wake > target) break;
        const bool stands = *wake <= m_wall;
        m_wall = std::max(m_wall, *wake);
        input([] {});
        if (stands && wakes > kMostWakes / 2) fail("the server wants to be woken again and again at one time");
    }
    m_wall = target;
    input([] {});
}

void Stage::turnClock(int how, base::Duration by) {
    auto& clock = m_world.clock;
    input([&] {
        switch (how % 8) {
            case 0: return clock.pause(m_world.wall);
            case 1: return clock.resume(m_world.wall);
            case 2: return clock.automatic(m_world.wall);
            case 3: return clock.step();
            case 4: return clock.skip(m_world.now + by);
            case 5: return clock.runTo(m_world.now + by);
            case 6: return clock.runTo(server::EventTarget{.eventType = "TimerFired"});
            default: return clock.goOn();
        }
    });
}

void Stage::look() {
    std::vector<std::tuple<std::string, std::string, std::string>> names;
    for (const auto& run : m_world.runs) names.emplace_back(run->ns, run->workflowId, run->runId);
    for (const auto& [space, workflow, run] : names) {
        api::DescribeWorkflowExecutionRequest describe;
        describe.set_namespace_(space);
        describe.mutable_execution()->set_workflow_id(workflow);
        describe.mutable_execution()->set_run_id(run);
        call("DescribeWorkflowExecution", describe);
        api::GetWorkflowExecutionHistoryRequest history;
        history.set_namespace_(space);
        *history.mutable_execution() = describe.execution();
        call("GetWorkflowExecutionHistory", history);
    }
    api::ListWorkflowExecutionsRequest list;
    list.set_namespace_("default");
    call("ListWorkflowExecutions", list);
}

void Stage::finish() {
    pass(2min);
    for (const auto& call : std::exchange(m_waiting, {})) {
        input([&] { m_world.waits.cancel(call); });
    }
    pass(10min);
    check();
}

void Stage::check() const {
    for (const auto& run : m_world.runs) {
        for (int64_t id = 1; id <= run->log.lastId(); ++id) {
            if (run->log.event(id).event_id() != id) fail("event ids are not contiguous");
        }
        if (run->log.lastId() < 1 || !run->log.event(1).has_workflow_execution_started_event_attributes()) {
            fail("a history does not begin with its start");
        }
    }
}

}  // namespace orrery::fuzz
