// SPDX-License-Identifier: MIT
#include "core/server/state/event_log.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

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
    // The entries of a map have no order of their own; the same event has to be the same bytes every time.
    const size_t begin = out->size();
    out->resize(begin + size);
    google::protobuf::io::ArrayOutputStream array(out->data() + begin, int(size));
    google::protobuf::io::CodedOutputStream coded(&array);
    coded.SetSerializationDeterministic(true);
    event.SerializeWithCachedSizes(&coded);
}

void EventLog::append(const HistoryEvent& event) {
    if (event.event_id() != nextId()) throw std::logic_error("event ids must have no gaps");
    const size_t size = event.ByteSizeLong();
    std::string head;
    appendVarint(uint64_t(kEventsField) << 3 | kBytesWireType, &head);
    appendVarint(size, &head);
    const size_t begin = m_bytes.size();
    const size_t end = begin + head.size() + size;
    if (end > std::numeric_limits<uint32_t>::max()) throw std::length_error("a history may not pass 4 GiB");
    makeRoom(end, &m_bytes);
    m_bytes.insert(m_bytes.end(), head.begin(), head.end());
    m_bytes.resize(end);
    event.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(m_bytes.data()) + begin + head.size());
    makeRoom(m_ends.size() + 1, &m_ends);
    m_ends.push_back(uint32_t(end));
}

std::string_view EventLog::range(int64_t first, int64_t last) const {
    if (first < 1) first = 1;
    if (last > lastId()) last = lastId();
    if (first > last) return {};
    const size_t begin = beginOf(first);
    return std::string_view(m_bytes.data() + begin, m_ends[size_t(last) - 1] - begin);
}

HistoryEvent EventLog::event(int64_t id) const {
    temporal::api::history::v1::History one;
    const std::string_view bytes = range(id, id);
    if (bytes.empty() || !one.ParseFromArray(bytes.data(), int(bytes.size()))) throw std::logic_error("no such event");
    return std::move(*one.mutable_events(0));
}

}  // namespace orrery::server
