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
///
/// Events that were written together are a batch: pages are counted in them, and a run can be reset only at their ends.
/// Where a batch begins is told by the events themselves, so whoever keeps them keeps it: the first one of a batch has
/// an even task id, the others odd ones.
class EventLog {
public:
    /// The event must carry the next id.
    void append(const HistoryEvent& event);

    /// Takes events that another log gave as range(1, lastId()), in place of its own; false when the bytes are none.
    bool restore(std::string_view bytes);

    int64_t lastId() const { return int64_t(m_ends.size()); }
    int64_t nextId() const { return lastId() + 1; }
    size_t bytes() const { return m_bytes.size(); }

    /// Events first..last, both included, as the body of a History message. An empty range gives an empty text.
    std::string_view range(int64_t first, int64_t last) const;
    HistoryEvent event(int64_t id) const;

    /// Whether a batch ends with this event.
    bool endsBatch(int64_t id) const { return id >= lastId() || startsBatch(id + 1); }
    /// The last event of `count` batches that begin with `first`, but none beyond `last`. `isFull` tells whether there
    /// were so many.
    int64_t lastOfBatches(int64_t first, int64_t last, int64_t count, bool* isFull) const;
    /// The first event of `count` batches that end with `last`.
    int64_t firstOfBatches(int64_t last, int64_t count) const;

    /// Events 1..last of another log become this one's, which must be empty.
    void copyFrom(const EventLog& other, int64_t last);

private:
    static constexpr uint32_t kStartsBatch = uint32_t(1) << 31;

    size_t endOf(int64_t id) const { return m_ends[size_t(id) - 1] & ~kStartsBatch; }
    size_t beginOf(int64_t id) const { return id <= 1 ? 0 : endOf(id - 1); }
    bool startsBatch(int64_t id) const { return (m_ends[size_t(id) - 1] & kStartsBatch) != 0; }

    std::vector<char> m_bytes;
    /// Where each event ends. The highest bit tells that it begins a batch.
    std::vector<uint32_t> m_ends;
};

/// Field `number` of wire type "bytes", appended to `out`.
void appendBytesField(int number, std::string_view bytes, std::string* out);
/// One event as a History message carries it.
void appendEvent(const HistoryEvent& event, std::string* out);

}  // namespace orrery::server
