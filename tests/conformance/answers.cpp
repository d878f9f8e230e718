// SPDX-License-Identifier: MIT
#include "tests/conformance/answers.h"

#include <chrono>
#include <random>
#include <regex>
#include <stdexcept>

#include <google/protobuf/util/json_util.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/clock.h"

namespace orrery::test {
namespace {

namespace pb = google::protobuf;
using MessagePtr = std::unique_ptr<pb::Message>;
using Stub = grpc::TemplatedGenericStub<pb::MessageLite, pb::MessageLite>;

constexpr std::chrono::seconds kPatience(15);

constexpr const char* kCodes[] = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

struct Method {
    std::string path;
    std::string package;
    std::string name;
};

Method methodOf(const std::string& rpc) {
    const size_t slash = rpc.find('/');
    const std::string service = slash == std::string::npos ? "WorkflowService" : rpc.substr(0, slash);
    Method method;
    method.name = slash == std::string::npos ? rpc : rpc.substr(slash + 1);
    method.package =
        "temporal.api." + std::string(service == "OperatorService" ? "operator" : "workflow") + "service.v1";
    method.path = "/" + method.package + "." + service + "/" + method.name;
    return method;
}

MessagePtr newMessage(const std::string& type) {
    const auto* descriptor = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
    if (descriptor == nullptr) throw std::runtime_error("there is no message " + type);
    return MessagePtr(pb::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

Json jsonOf(const pb::Message& message) {
    std::string text;
    const auto status = pb::util::MessageToJsonString(message, &text);
    if (!status.ok()) throw std::runtime_error("an answer has no JSON form: " + status.ToString());
    return Json::parse(text);
}

/// The message inside the first detail, with its type under "type".
Json detailOf(const grpc::Status& status) {
    google::rpc::Status full;
    if (!full.ParseFromString(status.error_details()) || full.details().empty()) return {};
    const std::string& url = full.details(0).type_url();
    const std::string type = url.substr(url.rfind('/') + 1);
    const MessagePtr message = newMessage(type);
    if (!message->ParseFromString(full.details(0).value())) throw std::runtime_error("a detail is not a " + type);
    Json detail = {{"type", type.substr(type.rfind('.') + 1)}};
    detail.update(jsonOf(*message));
    return detail;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (size_t found = text.find(what); found != std::string::npos; found = text.find(what, found + by.size())) {
        text.replace(found, what.size(), by);
    }
    return text;
}

/// Takes out of a text what is different each time.
std::string plain(std::string text, const Variables& variables) {
    for (const auto& [name, value] : variables) {
        if (value.size() > 3) text = replaced(std::move(text), value, "<" + name + ">");
    }
    static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    static const std::regex time("[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z| \\+0000 UTC)?");
    text = std::regex_replace(text, uuid, "<uuid>");
    text = std::regex_replace(text, time, "<time>");
    // Go's text form of messages has one space or two, as each build of the program likes.
    static const std::regex spaces(" {2,}");
    text = std::regex_replace(text, spaces, " ");
    // A thousand letters say no more than two.
    static const std::regex longRun("x{20,}");
    return std::regex_replace(text, longRun, "x…");
}

Json plain(const Json& value, const Variables& variables) {
    if (value.is_string()) return plain(value.get<std::string>(), variables);
    if (!value.is_structured()) return value;
    Json result = value;
    for (auto each = result.begin(); each != result.end(); ++each) *each = plain(*each, variables);
    return result;
}

/// "WORKFLOW_TASK_FAILED: BAD_START_TIMER_ATTRIBUTES: message", with as much as the kind of event has to tell.
std::string summary(const Json& event) {
    std::string text = event.at("eventType").get<std::string>().substr(std::string("EVENT_TYPE_").size());
    if (const Json& failed = at(event, "workflowTaskFailedEventAttributes"); !failed.is_null()) {
        const std::string cause = failed.value("cause", "");
        text += ": " + replaced(cause, "WORKFLOW_TASK_FAILED_CAUSE_", "");
        if (const Json message = at(failed, "failure.message"); message.is_string())
            text += ": " + message.get<std::string>();
    } else if (const Json reason = at(event, "workflowExecutionTerminatedEventAttributes.reason"); reason.is_string()) {
        text += ": " + reason.get<std::string>();
    } else if (const Json message = at(event, "workflowExecutionFailedEventAttributes.failure.message");
               message.is_string()) {
        text += ": " + message.get<std::string>();
    }
    return text;
}

}  // namespace

struct Asker::Reply {
    grpc::Status status;
    Json body;
};

Asker::Asker(std::shared_ptr<grpc::Channel> channel) : m_channel(std::move(channel)) {
    std::random_device entropy;
    m_pass = std::to_string(entropy() % 900'000 + 100'000);
}

std::string Asker::serverVersion() {
    const Reply reply = call({"GetSystemInfo", Json::object(), {}, false}, {});
    if (!reply.status.ok()) throw std::runtime_error("the server does not answer: " + reply.status.error_message());
    return reply.body.value("serverVersion", "");
}

/// A call under way. It is cancelled when nobody wants its answer any more.
struct Asker::Pending {
    ~Pending() {
        context.TryCancel();
        if (!finished) finish();
    }
    void finish() {
        finished = true;
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
    }

    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    std::unique_ptr<grpc::ClientAsyncResponseReader<pb::MessageLite>> reader;
    MessagePtr response;
    grpc::Status status;
    bool finished = false;
};

Asker::~Asker() = default;

std::unique_ptr<Asker::Pending> Asker::begin(const Step& step, const Variables& variables) {
    const Method method = methodOf(step.rpc);
    const MessagePtr request = newMessage(method.package + "." + method.name + "Request");
    const std::string text = expand(step.request, variables).dump();
    if (const auto read = pb::util::JsonStringToMessage(text, request.get()); !read.ok()) {
        throw std::runtime_error(step.rpc + ": the request is not readable: " + read.ToString());
    }
    auto pending = std::make_unique<Pending>();
    pending->response = newMessage(method.package + "." + method.name + "Response");
    pending->context.set_deadline(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(base::systemClock()->now() + kPatience));
    // Servers show this client no events that are not in the history yet.
    pending->context.AddMetadata("client-name", "temporal-cli");
    pending->context.AddMetadata("client-version", "1.5.0");
    pending->context.AddMetadata("supported-server-versions", ">=1.0.0 <2.0.0");
    Stub stub(m_channel);
    pending->reader = stub.PrepareUnaryCall(&pending->context, method.path, *request, &pending->queue);
    pending->reader->StartCall();
    pending->reader->Finish(pending->response.get(), &pending->status, nullptr);
    return pending;
}

Asker::Reply Asker::call(const Step& step, const Variables& variables) {
    const auto pending = begin(step, variables);
    pending->finish();
    Reply reply{pending->status, {}};
    if (reply.status.ok()) reply.body = jsonOf(*pending->response);
    return reply;
}

void Asker::prepare(const std::vector<Step>& first) {
    Variables variables;
    for (const Step& step : first) play(step, &variables);
}

void Asker::play(const Step& step, Variables* variables) {
    if (step.aside) {
        m_aside.push_back(begin(step, *variables));
        return;
    }
    const Reply reply = call(step, *variables);
    if (!reply.status.ok()) {
        throw std::runtime_error("before the row itself, " + step.rpc + " fails: " + reply.status.error_message());
    }
    for (const auto& [name, path] : step.save) {
        const Json value = at(reply.body, path);
        if (!value.is_string()) {
            throw std::runtime_error("before the row itself, the answer of " + step.rpc + " has no " + path + ": " +
                                     reply.body.dump());
        }
        (*variables)[name] = value;
    }
}

/// What is in the history after the first workflow task was started.
Json Asker::events(const Variables& variables) {
    const Step step{"GetWorkflowExecutionHistory",
                    {{"namespace", "default"}, {"execution", {{"workflowId", "${id}"}, {"runId", "${run}"}}}},
                    {},
                    false};
    const Reply reply = call(step, variables);
    if (!reply.status.ok()) throw std::runtime_error("no history: " + reply.status.error_message());
    Json result = Json::array();
    const Json all = at(reply.body, "history.events");
    for (size_t i = 3; i < all.size(); ++i) result.push_back(summary(all[i]));
    return result;
}

Json Asker::answer(const Row& row) {
    Variables variables;
    // Of one length, for rows that ask where a limit lies.
    variables["id"] = "t" + m_pass + "-" + std::to_string(10'000 + ++m_number) + "r";
    m_aside.clear();
    for (const Step& step : row.before) play(step, &variables);
    const Reply reply = call(row.step, variables);
    Json result = {{"code", kCodes[reply.status.error_code()]}};
    if (!reply.status.ok()) {
        result["message"] = reply.status.error_message();
        if (const Json detail = detailOf(reply.status); !detail.is_null()) result["detail"] = detail;
    } else {
        for (const std::string& path : row.answer) result["answer"][path] = at(reply.body, path);
    }
    if (row.events) result["events"] = events(variables);
    m_aside.clear();
    return plain(result, variables);
}

}  // namespace orrery::test
