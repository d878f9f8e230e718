// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <temporal/api/history/v1/message.pb.h>

namespace orrery::server {

using temporal::api::history::v1::HistoryEvent;

/// A run's history in wire form: every event as a field of a History message, one after the other, so that any range of
/// events is one piece of bytes. Ids begin at 1 and have no gaps.
class EventLog {
public:
    /// The event must carry the next id.
    void append(const HistoryEvent& event);

    int64_t lastId() const { return int64_t(m_ends.size()); }
    int64_t nextId() const { return lastId() + 1; }
    size_t bytes() const { return m_bytes.size(); }

    /// Events first..last, both included, as the body of a History message. An empty range gives an empty text.
    std::string_view range(int64_t first, int64_t last) const;
    HistoryEvent event(int64_t id) const;

private:
    size_t beginOf(int64_t id) const { return id <= 1 ? 0 : m_ends[size_t(id) - 2]; }

    std::vector<char> m_bytes;
    std::vector<uint32_t> m_ends;
};

/// Field `number` of wire type "bytes", appended to `out`.
void appendBytesField(int number, std::string_view bytes, std::string* out);
/// One event as a History message carries it.
void appendEvent(const HistoryEvent& event, std::string* out);

}  // namespace orrery::server
