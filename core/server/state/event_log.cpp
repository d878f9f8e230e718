// SPDX-License-Identifier: MIT
#include "core/server/state/event_log.h"

#include <stdexcept>

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

}  // namespace

void appendBytesField(int number, std::string_view bytes, std::string* out) {
    appendVarint(uint64_t(number) << 3 | kBytesWireType, out);
    appendVarint(bytes.size(), out);
    out->append(bytes);
}

void appendEvent(const HistoryEvent& event, std::string* out) {
    appendVarint(uint64_t(kEventsField) << 3 | kBytesWireType, out);
    appendVarint(event.ByteSizeLong(), out);
    event.AppendToString(out);
}

void EventLog::append(const HistoryEvent& event) {
    if (event.event_id() != nextId()) throw std::logic_error("event ids must have no gaps");
    appendEvent(event, &m_bytes);
    m_ends.push_back(m_bytes.size());
}

std::string_view EventLog::range(int64_t first, int64_t last) const {
    if (first < 1) first = 1;
    if (last > lastId()) last = lastId();
    if (first > last) return {};
    const size_t begin = beginOf(first);
    return std::string_view(m_bytes).substr(begin, m_ends[size_t(last) - 1] - begin);
}

HistoryEvent EventLog::event(int64_t id) const {
    temporal::api::history::v1::History one;
    const std::string_view bytes = range(id, id);
    if (bytes.empty() || !one.ParseFromArray(bytes.data(), int(bytes.size()))) throw std::logic_error("no such event");
    return std::move(*one.mutable_events(0));
}

}  // namespace orrery::server
