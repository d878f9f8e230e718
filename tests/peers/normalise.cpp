// SPDX-License-Identifier: MIT
#include "tests/peers/normalise.h"

#include <algorithm>
#include <memory>
#include <regex>

#include <google/protobuf/text_format.h>
#include <temporal/api/history/v1/message.pb.h>
#include <temporal/api/taskqueue/v1/message.pb.h>

namespace orrery::test {
namespace {

namespace pb = google::protobuf;

constexpr const char* kLeftOut[] = {
    "task_id", "version", "history_size_bytes", "state_transition_count", "execution_duration", "run_expiration_time"};

bool isLeftOut(const std::string& name) {
    return std::any_of(std::begin(kLeftOut), std::end(kLeftOut), [&](const char* each) { return name == each; });
}

void simplify(pb::Message& message);

void simplifyField(pb::Message& message, const pb::FieldDescriptor* field) {
    const pb::Reflection* reflection = message.GetReflection();
    if (isLeftOut(field->name())) return reflection->ClearField(&message, field);
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) return;
    if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
            simplify(*reflection->MutableRepeatedMessage(&message, field, i));
        }
        return;
    }
    pb::Message* inner = reflection->MutableMessage(&message, field);
    if (field->message_type()->full_name() == "google.protobuf.Timestamp") return inner->Clear();
    simplify(*inner);
}

void simplify(pb::Message& message) {
    std::vector<const pb::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const auto* field : fields) simplifyField(message, field);
    if (auto* started = dynamic_cast<temporal::api::history::v1::WorkflowExecutionStartedEventAttributes*>(&message)) {
        if (started->initiator() == temporal::api::enums::v1::CONTINUE_AS_NEW_INITIATOR_WORKFLOW) {
            started->clear_first_workflow_task_backoff();
        } else if (started->first_workflow_task_backoff().nanos() > 0) {
            // Retries are begun by timers that the real server rounds up to whole seconds.
            auto* backoff = started->mutable_first_workflow_task_backoff();
            backoff->set_seconds(backoff->seconds() + 1);
            backoff->set_nanos(0);
        }
    }
    if (auto* signaled =
            dynamic_cast<temporal::api::history::v1::WorkflowExecutionSignaledEventAttributes*>(&message)) {
        signaled->clear_request_id();
    }
    if (auto* ended = dynamic_cast<temporal::api::history::v1::ActivityTaskTimedOutEventAttributes*>(&message)) {
        if (ended->retry_state() == temporal::api::enums::v1::RETRY_STATE_NON_RETRYABLE_FAILURE) {
            ended->set_retry_state(temporal::api::enums::v1::RETRY_STATE_TIMEOUT);
        }
    }
    if (auto* attributes = dynamic_cast<temporal::api::common::v1::SearchAttributes*>(&message)) {
        attributes->mutable_indexed_fields()->erase("BuildIds");
    }
    if (auto* queue = dynamic_cast<temporal::api::taskqueue::v1::TaskQueue*>(&message)) {
        if (queue->kind() == temporal::api::enums::v1::TASK_QUEUE_KIND_STICKY) queue->set_name("sticky");
    }
}

std::string text(const pb::Message& message) {
    pb::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    printer.SetUseUtf8StringEscaping(true);
    std::string text;
    printer.PrintToString(message, &text);
    return text;
}

}  // namespace

std::string Normaliser::named(const std::string& text) {
    static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    std::string result;
    auto rest = text.begin();
    for (std::sregex_iterator found(text.begin(), text.end(), uuid), end; found != end; ++found) {
        result.append(rest, text.begin() + found->position());
        const auto [place, isNew] = m_names.emplace(found->str(), "");
        if (isNew) place->second = "#" + std::to_string(m_names.size());
        result += place->second;
        rest = text.begin() + found->position() + found->length();
    }
    return result.append(rest, text.end());
}

std::string Normaliser::line(const pb::Message& message) {
    const std::unique_ptr<pb::Message> copy(message.New());
    copy->CopyFrom(message);
    simplify(*copy);
    return named(text(*copy));
}

std::vector<std::string> Normaliser::lines(const history::History& history) {
    std::vector<std::string> lines;
    for (size_t i = 0; i < history.size(); ++i) {
        auto event = history[i].message();
        event.clear_event_id();
        event.clear_event_type();
        lines.push_back(std::to_string(history[i].id()) + " " + history[i].typeName() + " " + line(event));
    }
    return lines;
}

}  // namespace orrery::test
