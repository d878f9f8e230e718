// SPDX-License-Identifier: MIT
// Inside of the room: where events live.
#pragma once

#include <array>
#include <bit>
#include <deque>
#include <memory>
#include <string>

#include "core/history/event.h"
#include "core/history/history.h"

namespace google::protobuf {
class Arena;
}

namespace orrery::history {

/// What is kept of an event whose type we do not know.
struct UnknownEvent {
    std::string typeName;
    std::string json;
};

/// In binary histories that JSON is a field of our own in the event, far from any that Temporal will have: its message
/// alone says neither the type's name nor the attributes. Other programs pass it over.
inline constexpr int kSourceField = 0x6F7272;

/// Append-only. One builder writes; snapshots read only positions below their own size, which never move or change:
/// segment k holds 1024 * 2^k entries and the table of segments has a fixed place.
struct History::Store {
    Store();
    ~Store();

    const EventEntry& at(size_t index) const {
        const size_t segment = segmentOf(index);
        return m_segments[segment][index - firstOf(segment)];
    }
    void put(size_t index, const EventEntry& entry);

    google::protobuf::Arena& arena() { return *m_arena; }
    const UnknownEvent* keep(UnknownEvent unknown) { return &m_unknown.emplace_back(std::move(unknown)); }

private:
    static constexpr size_t kFirstBits = 10;
    static size_t segmentOf(size_t index) { return std::bit_width((index >> kFirstBits) + 1) - 1; }
    static size_t firstOf(size_t segment) { return ((size_t(1) << segment) - 1) << kFirstBits; }

    std::unique_ptr<google::protobuf::Arena> m_arena;
    std::deque<UnknownEvent> m_unknown;
    std::array<std::unique_ptr<EventEntry[]>, 40> m_segments;
};

/// The readers' door into a builder: they make messages in its arena and hand over finished entries.
struct EventSink {
    HistoryBuilder& builder;

    google::protobuf::Arena& arena() const { return builder.m_store->arena(); }
    const UnknownEvent* keep(UnknownEvent unknown) const { return builder.m_store->keep(std::move(unknown)); }
    void add(const EventEntry& entry) const { builder.add(entry); }
};

}  // namespace orrery::history
