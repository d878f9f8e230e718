// SPDX-License-Identifier: MIT
#include "tests/peers/plays/play.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/text_format.h>
#include <temporal/api/errordetails/v1/message.pb.h>

#include "core/base/uuid.h"

namespace orrery::test {
namespace {

namespace pb = google::protobuf;
using namespace std::chrono_literals;
namespace errors = temporal::api::errordetails::v1;

constexpr auto kPatience = 25s;

/// What no two servers can have in common, or what only tells how a server keeps its books.
constexpr const char* kLeftOut[] = {"task_token",
                                    "backlog_count_hint",
                                    "poller_scaling_decision",
                                    "history",
                                    "raw_history",
                                    "stats",
                                    "history_size_bytes",
                                    "poller_group_id",
                                    "poller_group_infos",
                                    "link",

                                    "first_execution_run_id"};

void setIfEmpty(pb::Message& message, const char* field, const std::string& value) {
    const auto* descriptor = message.GetDescriptor()->FindFieldByName(field);
    if (descriptor == nullptr || descriptor->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) return;
    if (message.GetReflection()->GetString(message, descriptor).empty()) {
        message.GetReflection()->SetString(&message, descriptor, value);
    }
}

void leaveOut(pb::Message& message) {
    const pb::Reflection* reflection = message.GetReflection();
    std::vector<const pb::FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
        const bool out = std::any_of(std::begin(kLeftOut), std::end(kLeftOut),
                                     [&](const char* name) { return field->name() == name; });
        if (out) {
            reflection->ClearField(&message, field);
        } else if (field->name() == "current_retry_interval") {
            // The real server takes it from its clock.
            constexpr int kMillisecond = 1'000'000;
            auto& interval = dynamic_cast<pb::Duration&>(*reflection->MutableMessage(&message, field));
            interval.set_nanos(interval.nanos() / kMillisecond * kMillisecond);
        } else if (field->name() == "next_page_token") {
            reflection->SetString(&message, field, "(more)");
        } else if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
            continue;
        } else if (field->is_repeated()) {
            for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
                leaveOut(*reflection->MutableRepeatedMessage(&message, field, i));
            }
        } else {
            leaveOut(*reflection->MutableMessage(&message, field));
        }
    }
}

std::string eventName(temporal::api::enums::v1::EventType type) {
    std::string name;
    bool first = true;
    for (const char letter : temporal::api::enums::v1::EventType_Name(type).substr(std::string("EVENT_TYPE_").size())) {
        if (letter != '_') name.push_back(first ? letter : char(std::tolower(letter)));
        first = letter == '_';
    }
    return name;
}

std::string eventList(const temporal::api::history::v1::History& history) {
    std::string text;
    for (const auto& event : history.events()) {
        text += " " + std::to_string(event.event_id()) + ":" + eventName(event.event_type());
    }
    return text;
}

/// Bytes as a text-format string holds them.
std::string escaped(const std::string& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("\\{:03o}", byte);
    return text;
}

std::string queueUnlessIn(const std::string& more) {
    return more.find("task_queue {") == std::string::npos ? "task_queue { name: '$q' } " : "";
}

/// The id of the script, unless the text names another execution.
std::string targetUnlessIn(const std::string& more) {
    return more.find("workflow_execution {") == std::string::npos ? "workflow_execution { workflow_id: '$w' } " : "";
}

}  // namespace

Play::Play(std::shared_ptr<grpc::Channel> channel, const std::string& script) : m_channel(std::move(channel)) {
    const std::string id = base::randomUuid();
    m_names["w"] = script + "-" + id;
    m_names["q"] = script + "-queue-" + id;
}

std::string Play::expanded(const std::string& text) const {
    std::string result;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$') {
            result.push_back(text[i]);
            continue;
        }
        size_t end = i + 1;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0)) ++end;
        const auto found = m_names.find(text.substr(i + 1, end - i - 1));
        if (found == m_names.end()) throw PlayError("nothing was saved as " + text.substr(i, end - i));
        result += found->second;
        i = end - 1;
    }
    return result;
}

Play::Aside Play::begin(const std::string& rpc, const std::string& request) {
    // What SDKs can do: they are shown events that are not in the history yet, and follow runs themselves.
    static const std::map<std::string, std::string> headers{{"client-name", "temporal-go"},
                                                            {"client-version", "1.30.0"},
                                                            {"supported-server-versions", ">=1.0.0 <2.0.0"},
                                                            {"supported-features", "follows-next-run-id"}};
    const MessagePtr message = RawCall::newRequest(rpc);
    const std::string text = expanded(request);
    if (!pb::TextFormat::ParseFromString(text, message.get())) throw PlayError(rpc + " cannot be read: " + text);
    setIfEmpty(*message, "namespace", "default");
    setIfEmpty(*message, "identity", "somebody");
    setIfEmpty(*message, "request_id", "request-" + std::to_string(++m_requests));
    return std::make_shared<RawCall>(m_channel, rpc, *message, headers, kPatience);
}

void Play::waits(const Aside& call) {
    constexpr auto kMoment = 400ms;
    note(call->method() + (call->finishedBy(after(kMoment)) ? " has its answer" : " waits"));
}

void Play::end(const Aside& call) { answer(*call); }

void Play::endHistory(const Aside& call) {
    if (!call->status().ok()) return answer(*call);
    wsv::GetWorkflowExecutionHistoryResponse page;
    page.CopyFrom(call->response());
    note("history" + eventList(page.history()) + (page.next_page_token().empty() ? "" : " and more"));
}

namespace {

/// The real server keeps what was pending in its books of a run that has ended.
void leaveOutPending(pb::Message& message) {
    auto* described = dynamic_cast<wsv::DescribeWorkflowExecutionResponse*>(&message);
    if (described == nullptr) return;
    const auto status = described->workflow_execution_info().status();
    if (status == temporal::api::enums::v1::WORKFLOW_EXECUTION_STATUS_RUNNING) return;
    described->clear_pending_activities();
    described->clear_pending_children();
    described->clear_pending_workflow_task();
}

}  // namespace

void Play::answer(RawCall& call) {
    if (call.status().ok()) {
        leaveOutPending(call.response());
        leaveOut(call.response());
        note(call.method(), call.response());
        return;
    }
    std::string text = call.method() + ": " + codeName(call.status()) + ": " + call.status().error_message();
    for (const MessagePtr& detail : details(call.status())) {
        if (auto* several = dynamic_cast<errors::MultiOperationExecutionFailure*>(detail.get())) {
            for (auto& status : *several->mutable_statuses()) status.clear_details();
        }
        leaveOut(*detail);
        text += " [" + detail->GetTypeName() + " " + m_normaliser.line(*detail) + "]";
    }
    note(text);
}

void Play::call(const std::string& rpc, const std::string& request) { end(begin(rpc, request)); }

void Play::must(const std::string& rpc, const std::string& request, pb::Message* response) {
    const Aside call = begin(rpc, request);
    if (!call->status().ok()) throw PlayError(rpc + " failed: " + call->status().error_message());
    response->CopyFrom(call->response());
}

void Play::start(const std::string& more) { start("$w", more); }

void Play::start(const std::string& id, const std::string& more) {
    const auto started = ask<wsv::StartWorkflowExecutionResponse>(
        "StartWorkflowExecution",
        "workflow_id: '" + id + "' workflow_type { name: 'T' } " + queueUnlessIn(more) + more);
    save("r", started.run_id());
    compare(expanded(id), started.run_id());
}

void Play::signal(const std::string& name, const std::string& more) {
    call("SignalWorkflowExecution", targetUnlessIn(more) + "signal_name: '" + name + "' " + more);
}

void Play::cancel(const std::string& more) { call("RequestCancelWorkflowExecution", targetUnlessIn(more) + more); }

void Play::terminate(const std::string& more) {
    call("TerminateWorkflowExecution", targetUnlessIn(more) + "reason: 'enough' " + more);
}

void Play::describe(const std::string& id) {
    call("DescribeWorkflowExecution", "execution { workflow_id: '" + id + "' }");
}

namespace {

std::string query(std::string filter) {
    for (size_t at = filter.find('\''); at != std::string::npos; at = filter.find('\'', at + 2))
        filter.insert(at, "\\");
    for (size_t at = filter.find('\n'); at != std::string::npos; at = filter.find('\n')) filter.replace(at, 1, "\\n");
    return "query: '" + filter + "'";
}

}  // namespace

void Play::counted(const std::string& filter, int count) {
    const auto until = after(kPatience);
    int64_t found = -1;
    while (found != count && after(0s) < until) {
        found = ask<wsv::CountWorkflowExecutionsResponse>("CountWorkflowExecutions", query(filter)).count();
    }
    if (found != count) throw PlayError("the list has " + std::to_string(found) + " of " + filter);
}

void Play::list(const std::string& filter, int count) {
    counted(filter, count);
    call("ListWorkflowExecutions", query(filter));
}

void Play::taken(const std::string& filter) {
    const auto page = ask<wsv::ListWorkflowExecutionsResponse>("ListWorkflowExecutions", query(filter));
    std::vector<std::string> ids;
    for (const auto& info : page.executions()) ids.push_back(info.execution().workflow_id());
    std::sort(ids.begin(), ids.end());
    std::string text = expanded(filter) + " takes";
    for (const std::string& id : ids) text += " " + id;
    note(text);
}

void Play::refused(const std::string& filter) { call("ListWorkflowExecutions", query(filter)); }

void Play::wait(const std::string& eventType, int count) { waitFor("$w", "$r", eventType, count); }

void Play::waitFor(const std::string& id, const std::string& run, const std::string& eventType, int count) {
    const std::string what = "execution { workflow_id: '" + id + "' run_id: '" + run + "' } wait_new_event: true ";
    std::string token;
    int found = 0;
    const auto until = after(kPatience);
    do {
        const auto page = ask<wsv::GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory",
                                                                        what + bytes("next_page_token", token));
        for (const auto& event : page.history().events()) found += eventName(event.event_type()) == eventType;
        token = page.next_page_token();
    } while (found < count && !token.empty() && after(0s) < until);
    if (found < count) throw PlayError("waited in vain for " + eventType);
}

void Play::next(const std::string& id) {
    const auto until = after(kPatience);
    while (after(0s) < until) {
        const auto described = ask<wsv::DescribeWorkflowExecutionResponse>("DescribeWorkflowExecution",
                                                                           "execution { workflow_id: '" + id + "' }");
        const std::string& run = described.workflow_execution_info().execution().run_id();
        if (run == saved("r")) continue;
        save("r", run);
        return compare(expanded(id), run);
    }
    throw PlayError("no other run of " + expanded(id) + " came");
}

void Play::compare(const std::string& id, const std::string& run) {
    m_compared.emplace_back(expanded(id), expanded(run));
}

void Play::adopt(const std::string& id, const std::string& name) {
    const auto described = ask<wsv::DescribeWorkflowExecutionResponse>("DescribeWorkflowExecution",
                                                                       "execution { workflow_id: '" + id + "' }");
    save(name, described.workflow_execution_info().execution().run_id());
    compare(id, saved(name));
}

WorkflowTask Play::task(const std::string& more) {
    return taskOf(begin("PollWorkflowTaskQueue", queueUnlessIn(more) + more));
}

WorkflowTask Play::taskOf(const Aside& poll) {
    if (!poll->status().ok()) throw PlayError("a poll failed: " + poll->status().error_message());
    WorkflowTask task;
    task.CopyFrom(poll->response());
    if (task.task_token().empty()) throw PlayError("a poll brought nothing");
    WorkflowTask shown = task;
    leaveOut(shown);
    note("task" + eventList(task.history()), shown);
    return task;
}

namespace {

std::string completion(const WorkflowTask& task, const std::vector<std::string>& commands, const std::string& more) {
    std::string text = Play::token(task.task_token());
    for (const std::string& command : commands) text += " commands { " + command + " }";
    return text + " " + more;
}

}  // namespace

std::string Play::bytes(const std::string& field, const std::string& value) {
    return field + ": '" + escaped(value) + "'";
}

void Play::complete(const WorkflowTask& task, const std::vector<std::string>& commands, const std::string& more) {
    call("RespondWorkflowTaskCompleted", completion(task, commands, more));
}

WorkflowTask Play::completeForNext(const WorkflowTask& task, const std::vector<std::string>& commands,
                                   const std::string& more) {
    const auto answer = ask<wsv::RespondWorkflowTaskCompletedResponse>(
        "RespondWorkflowTaskCompleted", completion(task, commands, more + " return_new_workflow_task: true"));
    wsv::RespondWorkflowTaskCompletedResponse shown = answer;
    leaveOut(shown);
    note("next task" + eventList(answer.workflow_task().history()), shown);
    return answer.workflow_task();
}

void Play::fail(const WorkflowTask& task, const std::string& more) {
    call("RespondWorkflowTaskFailed",
         token(task.task_token()) + " cause: WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE " + more);
}

void Play::step(const std::vector<std::string>& commands, const std::string& more) { complete(task(), commands, more); }

ActivityTask Play::activity(const std::string& more) {
    auto task = ask<ActivityTask>("PollActivityTaskQueue", queueUnlessIn(more) + more);
    ActivityTask shown = task;
    leaveOut(shown);
    note("activity", shown);
    return task;
}

void Play::ok(const ActivityTask& task, const std::string& result) {
    call("RespondActivityTaskCompleted", token(task.task_token()) + " result { payloads { data: '" + result + "' } }");
}

void Play::fail(const ActivityTask& task, const std::string& failure) {
    call("RespondActivityTaskFailed", token(task.task_token()) + " failure { " + failure + " }");
}

void Play::beat(const ActivityTask& task, const std::string& details) {
    call("RecordActivityTaskHeartbeat",
         token(task.task_token()) + (details.empty() ? "" : " details { payloads { data: '" + details + "' } }"));
}

void Play::cancelled(const ActivityTask& task) {
    call("RespondActivityTaskCanceled", token(task.task_token()) + " details { payloads { data: 'left' } }");
}

void Play::note(const std::string& text) {
    m_notes.push_back(m_normaliser.named(text));
    std::replace(m_notes.back().begin(), m_notes.back().end(), '\n', ' ');
}

void Play::note(const std::string& what, const pb::Message& message) {
    m_notes.push_back(m_normaliser.named(what) + " | " + m_normaliser.line(message));
}

namespace {

void leaveOutOfEvent(temporal::api::history::v1::HistoryEvent& event) {
    // From the fourth attempt on the real server adds a random part.
    constexpr int kExact = 3;
    if (event.workflow_task_scheduled_event_attributes().attempt() > kExact) {
        event.mutable_workflow_task_scheduled_event_attributes()->clear_start_to_close_timeout();
    }
}

}  // namespace

std::vector<std::string> Play::transcript() {
    std::vector<std::string> all = m_notes;
    for (const auto& [id, run] : m_compared) {
        all.push_back(m_normaliser.named("history of " + id));
        std::string token;
        do {
            const auto page = ask<wsv::GetWorkflowExecutionHistoryResponse>(
                "GetWorkflowExecutionHistory",
                "execution { workflow_id: '" + id + "' run_id: '" + run + "' } " + bytes("next_page_token", token));
            for (auto event : page.history().events()) {
                const std::string head = std::to_string(event.event_id()) + " " + eventName(event.event_type()) + " ";
                event.clear_event_id();
                event.clear_event_type();
                leaveOutOfEvent(event);
                all.push_back(head + m_normaliser.line(event));
            }
            token = page.next_page_token();
        } while (!token.empty());
    }
    return all;
}

}  // namespace orrery::test
