// SPDX-License-Identifier: MIT
#include "tests/fuzz/words.h"

#include <array>
#include <limits>

#include <google/protobuf/descriptor.h>

namespace orrery::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMostLearned = 24;
constexpr int kMostDepth = 7;
constexpr int kMostNodes = 160;

/// A field that asks for the same as one of an answer, by another name.
std::string kindOf(const std::string& field) {
    if (field.ends_with("run_id")) return "run_id";
    if (field.ends_with("workflow_id")) return "workflow_id";
    if (field.ends_with("page_token")) return "page_token";
    if (field.ends_with("update_id") || field == "protocol_instance_id") return "update_id";
    if (field.ends_with("request_id")) return "request_id";
    if (field.ends_with("task_queue")) return "task_queue";
    return field;
}

const std::vector<std::string>& fixedWords(const std::string& kind) {
    static const std::map<std::string, std::vector<std::string>> words = {
        {"namespace", {"default", "default", "default", "other", ""}},
        {"workflow_id", {"w1", "w2", "w3", "c1", ""}},
        {"run_id", {"", "", "00000000-0000-4000-8000-000000000000", "no uuid"}},
        {"activity_id", {"a1", "a2", "a3"}},
        {"timer_id", {"t1", "t2", "t3"}},
        {"update_id", {"u1", "u2", ""}},
        {"request_id", {"r1", "r2", ""}},
        {"task_queue", {"queue", "sticky", ""}},
        {"signal_name", {"note", "other"}},
        {"query_type", {"state", "__stack_trace", "__temporal_workflow_metadata"}},
        {"cron_schedule", {"* * * * *", "@every 10s", "0 0 29 2 *", "CRON_TZ=Asia/Tokyo 1 2 3 4 5", "61 * * * *"}},
        {"query",
         {"WorkflowId = 'w1'", "ExecutionStatus = 'Running' ORDER BY StartTime", "GROUP BY ExecutionStatus",
          "CustomInt BETWEEN 1 AND 7 OR CustomInt IS NULL", "StartTime > '2026-01-01T00:00:00Z' AND NOT RunId != 'x'"}},
        {"type_url",
         {"type.googleapis.com/temporal.api.update.v1.Request", "type.googleapis.com/temporal.api.update.v1.Acceptance",
          "type.googleapis.com/temporal.api.update.v1.Rejection",
          "type.googleapis.com/temporal.api.update.v1.Response"}},
        {"worker_instance_key", {"worker", ""}},
        {"identity", {"worker", "client", ""}},
    };
    static const std::vector<std::string> others = {"queue", "default", "w1", "", "x", "CustomInt", "CustomKeyword"};
    const auto found = words.find(kind);
    return found == words.end() ? others : found->second;
}

class Filler {
public:
    Filler(const Words& words, Bytes& bytes) : m_words(words), m_bytes(bytes) {}

    void message(Message& target, int depth) {
        if (depth > kMostDepth || ++m_nodes > kMostNodes) return;
        if (special(target)) return;
        const auto* type = target.GetDescriptor();
        if (type->field_count() == 0) return;
        for (size_t count = m_bytes.below(depth == 0 ? 8 : 5); count > 0 && !m_bytes.empty(); --count) {
            field(target, *type->field(int(m_bytes.below(size_t(type->field_count())))), depth);
        }
        if (m_bytes.byte() % 16 != 15) help(target, depth);
    }

private:
    /// Durations and times have borders that random fields never meet.
    bool special(Message& target) {
        const std::string& name = target.GetDescriptor()->full_name();
        if (name != "google.protobuf.Duration" && name != "google.protobuf.Timestamp") return false;
        constexpr std::array<int64_t, 12> kSeconds = {
            0, 1, 2, 5, 10, 60, -1, 86, 3'600, 31'536'000, 315'576'000'001, -62'135'596'801};
        constexpr std::array<int32_t, 4> kNanos = {0, 1, 999'999'999, -5};
        const uint8_t choice = m_bytes.byte();
        const auto* seconds = target.GetDescriptor()->FindFieldByNumber(1);
        const auto* nanos = target.GetDescriptor()->FindFieldByNumber(2);
        int64_t value = kSeconds[choice % kSeconds.size()];
        if (choice > 250) value = choice % 2 == 0 ? std::numeric_limits<int64_t>::max() : 1'773'306'000;
        target.GetReflection()->SetInt64(&target, seconds, value);
        target.GetReflection()->SetInt32(&target, nanos, kNanos[choice > 200 ? choice % 4 : 0]);
        return true;
    }

    int64_t integer() {
        constexpr std::array<int64_t, 8> kBorders = {0,
                                                     1,
                                                     -1,
                                                     std::numeric_limits<int32_t>::max(),
                                                     std::numeric_limits<int32_t>::min(),
                                                     std::numeric_limits<int64_t>::max(),
                                                     std::numeric_limits<int64_t>::min(),
                                                     1'000};
        const uint8_t choice = m_bytes.byte();
        return choice < 64 ? choice : choice < 128 ? kBorders[choice % 8] : int64_t(m_bytes.number());
    }

    void field(Message& target, const FieldDescriptor& what, int depth) {
        const auto& reflection = *target.GetReflection();
        const bool many = what.is_repeated();
        const auto set = [&](auto add, auto put, auto value) {
            if (many) {
                (reflection.*add)(&target, &what, value);
            } else {
                (reflection.*put)(&target, &what, value);
            }
        };
        using R = google::protobuf::Reflection;
        switch (what.cpp_type()) {
            case FieldDescriptor::CPPTYPE_MESSAGE:
                return message(
                    *(many ? reflection.AddMessage(&target, &what) : reflection.MutableMessage(&target, &what)),
                    depth + 1);
            case FieldDescriptor::CPPTYPE_STRING: {
                const std::string value = text(what);
                return set(&R::AddString, &R::SetString, value);
            }
            case FieldDescriptor::CPPTYPE_BOOL: return set(&R::AddBool, &R::SetBool, m_bytes.byte() % 2 == 0);
            case FieldDescriptor::CPPTYPE_ENUM:
                return set(&R::AddEnumValue, &R::SetEnumValue,
                           int(m_bytes.below(size_t(what.enum_type()->value_count()) + 1)));
            case FieldDescriptor::CPPTYPE_INT32: return set(&R::AddInt32, &R::SetInt32, int32_t(integer()));
            case FieldDescriptor::CPPTYPE_INT64: return set(&R::AddInt64, &R::SetInt64, integer());
            case FieldDescriptor::CPPTYPE_UINT32: return set(&R::AddUInt32, &R::SetUInt32, uint32_t(integer()));
            case FieldDescriptor::CPPTYPE_UINT64: return set(&R::AddUInt64, &R::SetUInt64, uint64_t(integer()));
            case FieldDescriptor::CPPTYPE_DOUBLE: return set(&R::AddDouble, &R::SetDouble, double(integer()) / 2);
            case FieldDescriptor::CPPTYPE_FLOAT: return set(&R::AddFloat, &R::SetFloat, float(integer()) / 2);
        }
    }

    std::string text(const FieldDescriptor& what) {
        const std::string name = what.name() == "name" && what.containing_type()->name() == "TaskQueue"
                                     ? std::string("task_queue")
                                     : what.name();
        std::string value = m_words.pick(name, m_bytes);
        // Only bytes may hold anything.
        if (what.type() == FieldDescriptor::TYPE_STRING) {
            for (char& c : value) c = char(c & 0x7f);
        }
        return value;
    }

    /// Fills in what every request of its kind has.
    void help(Message& target, int depth) {
        const auto* type = target.GetDescriptor();
        const auto& reflection = *target.GetReflection();
        constexpr std::array<const char*, 12> kWanted = {
            "namespace",     "workflow_id", "workflow_execution", "execution", "task_token", "task_queue",
            "workflow_type", "signal_name", "activity_id",        "update_id", "request",    "meta"};
        for (const char* name : kWanted) {
            const FieldDescriptor* field = type->FindFieldByName(name);
            if (field == nullptr || field->is_repeated() || reflection.HasField(target, field)) continue;
            if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
                helpInto(*reflection.MutableMessage(&target, field), depth);
            } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
                reflection.SetString(&target, field, text(*field));
            }
        }
        if (type->name() == "Command") kindOfCommand(target);
    }
    void helpInto(Message& target, int depth) {
        const FieldDescriptor* name = target.GetDescriptor()->FindFieldByName("name");
        if (name != nullptr && name->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            target.GetReflection()->SetString(&target, name, text(*name));
        }
        if (depth < kMostDepth) help(target, depth + 1);
    }

    /// A command's kind is that of the attributes it has.
    static void kindOfCommand(Message& command) {
        const auto& reflection = *command.GetReflection();
        const FieldDescriptor* given =
            reflection.GetOneofFieldDescriptor(command, command.GetDescriptor()->FindOneofByName("attributes"));
        if (given == nullptr) return;
        const FieldDescriptor* kind = command.GetDescriptor()->FindFieldByName("command_type");
        std::string name = "COMMAND_TYPE_";
        const std::string& attributes = given->name();
        for (const char c : attributes.substr(0, attributes.find("_command_attributes"))) name += char(std::toupper(c));
        if (const auto* value = kind->enum_type()->FindValueByName(name)) {
            reflection.SetEnumValue(&command, kind, value->number());
        }
    }

    const Words& m_words;
    Bytes& m_bytes;
    int m_nodes = 0;
};

}  // namespace

void Words::learn(const Message& answer) {
    const auto& reflection = *answer.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(answer, &fields);
    for (const FieldDescriptor* field : fields) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            const int count = field->is_repeated() ? reflection.FieldSize(answer, field) : 1;
            for (int i = 0; i < std::min(count, 8); ++i) {
                learn(field->is_repeated() ? reflection.GetRepeatedMessage(answer, field, i)
                                           : reflection.GetMessage(answer, field));
            }
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
            const std::string kind = kindOf(field->name());
            if (kind != "run_id" && kind != "task_token" && kind != "page_token" && kind != "update_id" &&
                kind != "workflow_id" && kind != "id" && kind != "protocol_instance_id")
                continue;
            std::vector<std::string>& known = m_learned[kind];
            std::string value = reflection.GetString(answer, field);
            if (value.empty() || std::find(known.begin(), known.end(), value) != known.end()) continue;
            if (known.size() == kMostLearned) known.erase(known.begin());
            known.push_back(std::move(value));
        }
    }
}

std::string Words::pick(const std::string& field, Bytes& bytes) const {
    const std::string kind = kindOf(field);
    const uint8_t choice = bytes.byte();
    if (choice >= 0xf8) return bytes.text(bytes.byte() % 24);
    if (choice == 0xf7) return std::string(1'001, 'x');
    const auto learned = m_learned.find(kind);
    if (learned != m_learned.end() && choice % 4 != 0) {
        // The last that was learned is what the next request is mostly about.
        const size_t back = size_t(choice / 4) % learned->second.size();
        std::string value = learned->second[learned->second.size() - 1 - back];
        if (choice >= 0xf0 && !value.empty()) value[bytes.below(value.size())] ^= char(1 + bytes.byte() % 127);
        return value;
    }
    const auto& words = fixedWords(kind);
    return words[size_t(choice / 4) % words.size()];
}

void fill(Message& message, const Words& words, Bytes& bytes) { Filler(words, bytes).message(message, 0); }

}  // namespace orrery::fuzz
