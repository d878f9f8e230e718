// SPDX-License-Identifier: MIT
#include "tests/fuzz/spoil.h"

#include <array>
#include <iterator>
#include <limits>
#include <memory>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/server/store/records.pb.h"

namespace orrery::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using server::RowKind;
namespace records = server::records;

constexpr int kMostEdits = 12;
constexpr int kMostDepth = 6;

std::unique_ptr<Message> recordOf(RowKind kind) {
    switch (kind) {
        case RowKind::World: return std::make_unique<records::World>();
        case RowKind::Namespace: return std::make_unique<records::Namespace>();
        case RowKind::RunFixed: return std::make_unique<records::RunFixed>();
        case RowKind::RunState: return std::make_unique<records::RunState>();
        case RowKind::Buffered: return std::make_unique<records::Buffered>();
        case RowKind::Activity: return std::make_unique<records::Activity>();
        case RowKind::Timer: return std::make_unique<records::Timer>();
        case RowKind::Child: return std::make_unique<records::Child>();
        case RowKind::Update: return std::make_unique<records::Update>();
        case RowKind::Attempts: return std::make_unique<records::Attempts>();
        case RowKind::SignalRequest: break;
    }
    return nullptr;
}

/// Puts another value into one field.
class Swap {
public:
    explicit Swap(Bytes& bytes) : m_bytes(bytes) {}

    void in(Message& target, int depth) {
        const auto* type = target.GetDescriptor();
        if (type->field_count() == 0) return;
        const FieldDescriptor& what = *type->field(int(m_bytes.below(size_t(type->field_count()))));
        const auto& reflection = *target.GetReflection();
        if (m_bytes.byte() % 8 == 7) return reflection.ClearField(&target, &what);
        if (what.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return part(target, what, depth);
        if (what.is_repeated()) return many(target, what);
        switch (what.cpp_type()) {
            case FieldDescriptor::CPPTYPE_INT32: return reflection.SetInt32(&target, &what, int32_t(number()));
            case FieldDescriptor::CPPTYPE_INT64: return reflection.SetInt64(&target, &what, number());
            case FieldDescriptor::CPPTYPE_UINT32: return reflection.SetUInt32(&target, &what, uint32_t(number()));
            case FieldDescriptor::CPPTYPE_UINT64: return reflection.SetUInt64(&target, &what, uint64_t(number()));
            case FieldDescriptor::CPPTYPE_BOOL: return reflection.SetBool(&target, &what, m_bytes.byte() % 2 != 0);
            case FieldDescriptor::CPPTYPE_ENUM: return reflection.SetEnumValue(&target, &what, int(number()));
            case FieldDescriptor::CPPTYPE_STRING:
                return reflection.SetString(&target, &what, m_bytes.text(m_bytes.byte() % 24));
            default: return;
        }
    }

private:
    int64_t number() {
        constexpr std::array<int64_t, 10> kBorders = {-1,
                                                      0,
                                                      1,
                                                      std::numeric_limits<int32_t>::max(),
                                                      std::numeric_limits<int32_t>::min(),
                                                      std::numeric_limits<int64_t>::max(),
                                                      std::numeric_limits<int64_t>::min(),
                                                      4'000'000'000'000'000'000,
                                                      1'773'306'000'000'000'000,
                                                      1'773'306'060'000'000'000};
        const uint8_t choice = m_bytes.byte();
        return choice < 96 ? choice : kBorders[choice % kBorders.size()];
    }

    void part(Message& target, const FieldDescriptor& what, int depth) {
        const auto& reflection = *target.GetReflection();
        if (!what.is_repeated()) {
            Message& inner = *reflection.MutableMessage(&target, &what);
            if (depth < kMostDepth) in(inner, depth + 1);
            return;
        }
        const int size = reflection.FieldSize(target, &what);
        if (size == 0 || m_bytes.byte() % 4 == 3) {
            reflection.AddMessage(&target, &what);
        } else if (depth < kMostDepth) {
            in(*reflection.MutableRepeatedMessage(&target, &what, int(m_bytes.below(size_t(size)))), depth + 1);
        }
    }

    void many(Message& target, const FieldDescriptor& what) {
        const auto& reflection = *target.GetReflection();
        if (what.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            return reflection.AddString(&target, &what, m_bytes.text(m_bytes.byte() % 24));
        }
        if (reflection.FieldSize(target, &what) != 0) reflection.RemoveLast(&target, &what);
    }

    Bytes& m_bytes;
};

/// Any change of bytes.
void scratch(std::string& text, Bytes& bytes) {
    if (text.empty() || bytes.byte() % 4 == 3) {
        text.insert(bytes.below(text.size() + 1), bytes.text(bytes.byte() % 8));
    } else if (bytes.byte() % 4 == 3) {
        text.resize(bytes.below(text.size()));
    } else {
        text[bytes.below(text.size())] = char(bytes.byte());
    }
}

void spoilRecord(std::string& record, std::unique_ptr<Message> shape, Bytes& bytes) {
    if (shape == nullptr || bytes.byte() % 8 == 7 || !shape->ParseFromString(record)) return scratch(record, bytes);
    Swap(bytes).in(*shape, 0);
    record = shape->SerializeAsString();
}

void spoilEvents(test::Rows& rows, Bytes& bytes) {
    if (rows.events.empty()) return;
    auto chosen = std::next(rows.events.begin(), std::ptrdiff_t(bytes.below(rows.events.size())));
    switch (bytes.byte() % 8) {
        case 7: rows.events.erase(chosen); return;
        case 6: rows.events[{chosen->first.first + bytes.byte() % 3, bytes.byte()}] = chosen->second; return;
        default: return spoilRecord(chosen->second, std::make_unique<temporal::api::history::v1::History>(), bytes);
    }
}

void spoilRow(test::Rows& rows, Bytes& bytes) {
    if (rows.rows.empty()) return;
    auto chosen = std::next(rows.rows.begin(), std::ptrdiff_t(bytes.below(rows.rows.size())));
    const uint8_t how = bytes.byte();
    if (how >= 0xf8) {
        rows.rows.erase(chosen);
        return;
    }
    if (how < 0xe8) return spoilRecord(chosen->second, recordOf(chosen->first.kind), bytes);
    server::RowKey key = chosen->first;
    switch (bytes.byte() % 4) {
        case 0: key.run = bytes.byte() % 8; break;
        case 1: key.kind = RowKind(bytes.byte() % 14); break;
        case 2: key.key = server::numberKey(bytes.byte()); break;
        default: scratch(key.key, bytes);
    }
    rows.rows[key] = chosen->second;
}

}  // namespace

void spoil(test::Rows& rows, Bytes& bytes) {
    for (int edits = 0; edits < kMostEdits && !bytes.empty(); ++edits) {
        if (bytes.byte() % 8 == 7) {
            spoilEvents(rows, bytes);
        } else {
            spoilRow(rows, bytes);
        }
    }
}

}  // namespace orrery::fuzz
