// SPDX-License-Identifier: MIT
#include "tests/conformance/answers.h"

#include <random>
#include <regex>
#include <stdexcept>

#include <google/protobuf/util/json_util.h>

#include "tests/support/rpc/raw_call.h"

namespace orrery::test {
namespace {

namespace pb = google::protobuf;

constexpr std::chrono::seconds kPatience(15);

Json jsonOf(const pb::Message& message) {
    std::string text;
    const auto status = pb::util::MessageToJsonString(message, &text);
    if (!status.ok()) throw std::runtime_error("an answer has no JSON form: " + status.ToString());
    return Json::parse(text);
}

/// The message inside the first detail, with its type under "type".
Json detailOf(const grpc::Status& status) {
    const auto all = details(status);
    if (all.empty()) return {};
    Json detail = {{"type", all.front()->GetDescriptor()->name()}};
    detail.update(jsonOf(*all.front()));
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

Asker::~Asker() = default;

std::unique_ptr<RawCall> Asker::begin(const Step& step, const Variables& variables) {
    // Servers show this client no events that are not in the history yet.
    static const std::map<std::string, std::string> headers{
        {"client-name", "temporal-cli"}, {"client-version", "1.5.0"}, {"supported-server-versions", ">=1.0.0 <2.0.0"}};
    const MessagePtr request = RawCall::newRequest(step.rpc);
    const std::string text = expand(step.request, variables).dump();
    if (const auto read = pb::util::JsonStringToMessage(text, request.get()); !read.ok()) {
        throw std::runtime_error(step.rpc + ": the request is not readable: " + read.ToString());
    }
    return std::make_unique<RawCall>(m_channel, step.rpc, *request, headers, kPatience);
}

Asker::Reply Asker::call(const Step& step, const Variables& variables) {
    const auto pending = begin(step, variables);
    Reply reply{pending->status(), {}};
    if (reply.status.ok()) reply.body = jsonOf(pending->response());
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
    Json result = {{"code", codeName(reply.status)}};
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
