// SPDX-License-Identifier: MIT
#include "core/history/field_table.h"

#include <cctype>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include <google/protobuf/descriptor.h>

#include "core/history/words.h"

namespace orrery::history {
namespace {

namespace pb = google::protobuf;

MessageKind kindOf(const pb::Descriptor& type) {
    const std::string& name = type.full_name();
    if (name == "google.protobuf.Timestamp") return MessageKind::Timestamp;
    if (name == "google.protobuf.Duration") return MessageKind::Duration;
    if (name == "temporal.api.common.v1.Payload") return MessageKind::Payload;
    if (name == "temporal.api.common.v1.Payloads") return MessageKind::Payloads;
    if (type.field_count() == 1 && type.field(0)->is_map()) return MessageKind::MapHolder;
    return MessageKind::Plain;
}

std::unique_ptr<const FieldTable> makeFieldTable(const pb::Descriptor* type) {
    auto table = std::make_unique<FieldTable>();
    table->kind = kindOf(*type);
    for (int i = 0; i < type->field_count(); ++i) {
        table->fields.emplace(type->field(i)->json_name(), type->field(i));
        table->fields.emplace(type->field(i)->name(), type->field(i));
    }
    if (table->kind == MessageKind::MapHolder) table->onlyMap = type->field(0);
    return table;
}

std::string folded(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

using EnumTable = TextMap<int>;

std::unique_ptr<const EnumTable> makeEnumTable(const pb::EnumDescriptor* type) {
    auto table = std::make_unique<EnumTable>();
    for (int i = 0; i < type->value_count(); ++i) {
        const pb::EnumValueDescriptor& value = *type->value(i);
        table->emplace(value.name(), value.number());
        const std::string brief = shortEnumName(value);
        table->emplace(brief, value.number());
        table->emplace(folded(value.name()), value.number());
        table->emplace(folded(brief), value.number());
    }
    return table;
}

/// Tables live as long as the program, as the descriptors do.
template <typename Key, typename Table>
class Cache {
public:
    template <typename Make>
    const Table& at(const Key* key, Make make) {
        {
            const std::shared_lock lock(m_mutex);
            if (const auto found = m_tables.find(key); found != m_tables.end()) return *found->second;
        }
        auto table = make(key);
        const std::unique_lock lock(m_mutex);
        return *m_tables.try_emplace(key, std::move(table)).first->second;
    }

private:
    std::shared_mutex m_mutex;
    std::unordered_map<const Key*, std::unique_ptr<const Table>> m_tables;
};

}  // namespace

const FieldTable& fieldTable(const pb::Descriptor* type) {
    static Cache<pb::Descriptor, FieldTable> cache;
    return cache.at(type, makeFieldTable);
}

std::optional<int> enumNumber(const pb::EnumDescriptor* type, std::string_view name) {
    static Cache<pb::EnumDescriptor, EnumTable> cache;
    const EnumTable& table = cache.at(type, makeEnumTable);
    if (const auto found = table.find(name); found != table.end()) return found->second;
    if (const auto found = table.find(folded(name)); found != table.end()) return found->second;
    return std::nullopt;
}

}  // namespace orrery::history
