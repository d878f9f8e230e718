// SPDX-License-Identifier: MIT
#include "core/server/state/event_log.h"

#include <algorithm>
#include <stdexcept>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

namespace orrery::server {
namespace {

constexpr int kEventsField = 1;
constexpr int kBytesWireType = 2;

void appendVarint(uint64_t value, std::string* out) {
    while (value >= 0x80) {
        out->push_back(char(uint8_t(value) | 0x80));
        value >>= 7;
    }
    out->push_back(char(value));
}

/// Most runs are short and wait for long, so they take little more than they need; a long history grows by the half.
template <typename T>
void makeRoom(size_t wanted, std::vector<T>* in) {
    constexpr size_t kLittle = 32;
    constexpr size_t kShort = 2048;
    if (wanted <= in->capacity()) return;
    const size_t spare = wanted <= kShort / sizeof(T) ? kLittle / sizeof(T) : wanted / 2;
    in->reserve(wanted + spare);
}

/// The task id of the event that is read up to its end or to just behind that id; 0 when it has none.
uint64_t taskIdOf(google::protobuf::io::CodedInputStream* in) {
    using google::protobuf::internal::WireFormatLite;
    while (const uint32_t tag = in->ReadTag()) {
        if (WireFormatLite::GetTagFieldNumber(tag) != HistoryEvent::kTaskIdFieldNumber) {
            if (!WireFormatLite::SkipField(in, tag)) return 0;
            continue;
        }
        uint64_t id = 0;
        in->ReadVarint64(&id);
        return id;
    }
    return 0;
}

/// The entries of a map have no order of their own; the same event has to be the same bytes every time. `size` is
/// what the event said last.
void writeEvent(const HistoryEvent& event, size_t size, char* to) {
    google::protobuf::io::ArrayOutputStream array(to, int(size));
    google::protobuf::io::CodedOutputStream coded(&array);
    coded.SetSerializationDeterministic(true);
    event.SerializeWithCachedSizes(&coded);
}

}  // namespace

void appendBytesField(int number, std::string_view bytes, std::string* out) {
    appendVarint(uint64_t(number) << 3 | kBytesWireType, out);
    appendVarint(bytes.size(), out);
    out->append(bytes);
}

void appendEvent(const HistoryEvent& event, std::string* out) {
    appendVarint(uint64_t(kEventsField) << 3 | kBytesWireType, out);
    const size_t size = event.ByteSizeLong();
    appendVarint(size, out);
    const size_t begin = out->size();
    out->resize(begin + size);
    writeEvent(event, size, out->data() + begin);
}

void EventLog::append(const HistoryEvent& event) {
    if (event.event_id() != nextId()) throw std::logic_error("event ids must have no gaps");
    const size_t size = event.ByteSizeLong();
    std::string head;
    appendVarint(uint64_t(kEventsField) << 3 | kBytesWireType, &head);
    appendVarint(size, &head);
    const size_t begin = m_bytes.size();
    const size_t end = begin + head.size() + size;
    if (end >= kStartsBatch) throw std::length_error("a history may not pass 2 GiB");
    makeRoom(end, &m_bytes);
    m_bytes.insert(m_bytes.end(), head.begin(), head.end());
    m_bytes.resize(end);
    writeEvent(event, size, m_bytes.data() + begin + head.size());
    makeRoom(m_ends.size() + 1, &m_ends);
    m_ends.push_back(uint32_t(end) | (event.task_id() % 2 == 0 ? kStartsBatch : 0));
}

int64_t EventLog::lastOfBatches(int64_t first, int64_t last, int64_t count, bool* isFull) const {
    last = std::min(last, lastId());
    int64_t end = first - 1;
    int64_t batches = 0;
    while (end < last && batches < count) {
        ++end;
        if (end == last || endsBatch(end)) ++batches;
    }
    *isFull = batches == count;
    return end;
}

int64_t EventLog::firstOfBatches(int64_t last, int64_t count) const {
    int64_t first = std::min(last, lastId()) + 1;
    for (int64_t batches = 0; first > 1 && batches < count;) {
        --first;
        if (startsBatch(first)) ++batches;
    }
    return first;
}

void EventLog::copyFrom(const EventLog& other, int64_t last) {
    if (lastId() != 0 || last > other.lastId()) throw std::logic_error("only an empty log can take another's events");
    const std::string_view bytes = other.range(1, last);
    m_bytes.assign(bytes.begin(), bytes.end());
    m_ends.assign(other.m_ends.begin(), other.m_ends.begin() + last);
}

bool EventLog::restore(std::string_view bytes) {
    m_bytes.assign(bytes.begin(), bytes.end());
    m_ends.clear();
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(m_bytes.data()), int(m_bytes.size()));
    uint32_t tag = 0;
    uint32_t size = 0;
    while ((tag = in.ReadTag()) != 0) {
        if (tag != (uint32_t(kEventsField) << 3 | kBytesWireType)) return false;
        if (!in.ReadVarint32(&size)) return false;
        const auto outer = in.PushLimit(int(size));
        const bool starts = taskIdOf(&in) % 2 == 0;
        if (!in.Skip(in.BytesUntilLimit())) return false;
        in.PopLimit(outer);
        m_ends.push_back(uint32_t(in.CurrentPosition()) | (starts ? kStartsBatch : 0));
    }
    m_ends.shrink_to_fit();
    return in.ConsumedEntireMessage() && in.CurrentPosition() == int(m_bytes.size());
}

std::string_view EventLog::range(int64_t first, int64_t last) const {
    if (first < 1) first = 1;
    if (last > lastId()) last = lastId();
    if (first > last) return {};
    const size_t begin = beginOf(first);
    return std::string_view(m_bytes.data() + begin, endOf(last) - begin);
}

HistoryEvent EventLog::event(int64_t id) const {
    temporal::api::history::v1::History one;
    const std::string_view bytes = range(id, id);
    if (bytes.empty() || !one.ParseFromArray(bytes.data(), int(bytes.size()))) throw std::logic_error("no such event");
    return std::move(*one.mutable_events(0));
}

}  // namespace orrery::server
