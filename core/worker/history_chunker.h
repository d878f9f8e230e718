// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/machines/events.h"

namespace orrery::worker {

using machines::HistoryEvent;
using EventPointers = std::vector<const HistoryEvent*>;
using EventSpan = std::span<const HistoryEvent* const>;

/// The events that the code sees as one step: everything after one effective start of a workflow task up to the next.
/// Tasks that failed, timed out or did nothing (heartbeats) start no step of their own.
struct HistoryChunk {
    /// Valid until the chunker is reset.
    EventSpan events;
    /// Nothing follows in what the server has sent.
    bool last = false;
};

/// Cuts a history into chunks. It is given the whole rest of a history at once, so it can always look ahead.
class HistoryChunker {
public:
    HistoryChunker() = default;
    HistoryChunker(const HistoryChunker&) = delete;

    /// Drops what was there. Events up to `processedEventId` are already behind the run and are skipped.
    /// `updateAhead`: where the first update that comes with the task belongs, 0 for none. The history will tell of it
    /// when the task is done, and the steps have to be the same then.
    void reset(std::vector<HistoryEvent> events, int64_t processedEventId, int64_t updateAhead = 0);
    /// The same for events that somebody else keeps as long as this chunker lives; many may share them.
    void reset(std::shared_ptr<const EventPointers> events);

    /// Forgets the events; chunks that were taken are gone, too.
    void clear();

    bool empty() const { return m_next == m_events.size(); }
    HistoryChunk take();
    /// The chunk after those taken, for looking ahead; valid until the next call that changes anything.
    EventSpan peek() const;

private:
    std::vector<HistoryEvent> m_owned;
    EventPointers m_ownedPointers;
    std::shared_ptr<const EventPointers> m_shared;
    EventSpan m_events;
    size_t m_next = 0;
    int64_t m_updateAhead = 0;
};

/// How many of the events make up the first chunk; all of them when no further start ends one.
size_t firstChunkSize(EventSpan events, int64_t updateAhead = 0);

}  // namespace orrery::worker
