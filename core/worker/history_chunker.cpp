// SPDX-License-Identifier: MIT
#include "core/worker/history_chunker.h"

#include <optional>
#include <utility>

namespace orrery::worker {
namespace {

namespace enums = temporal::api::enums::v1;

/// A task that began but whose work never counted.
bool undoesStart(const HistoryEvent& next) {
    switch (next.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: return true;
        default: return false;
    }
}

class Scan {
public:
    Scan(EventSpan events, int64_t updateAhead) : m_events(events), m_updateAhead(updateAhead) {}

    size_t size() {
        for (size_t i = 0; i < m_events.size(); ++i) {
            const HistoryEvent& event = *m_events[i];
            if (machines::isCommandEvent(event)) m_sawCommand = true;
            if (machines::isClosingEvent(event)) return i + 1;
            if (event.event_type() != enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) continue;
            if (const std::optional<size_t> end = endAtStart(i)) return *end + 1;
        }
        return m_events.size();
    }

private:
    const HistoryEvent* at(size_t index) const { return index < m_events.size() ? m_events[index] : nullptr; }

    /// Index of the chunk's last event when the start at `index` settles it.
    std::optional<size_t> endAtStart(size_t index) {
        const HistoryEvent* next = at(index + 1);
        if (!next) return m_updateAhead > 0 ? startBefore(m_updateAhead).value_or(index) : index;
        if (undoesStart(*next)) return std::nullopt;
        m_starts.push_back(index);
        if (next->event_type() != enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return index;
        const HistoryEvent* afterNext = at(index + 2);
        if (!afterNext) return index;
        if (!m_sawCommand && followsAtOnce(index + 2)) return std::nullopt;
        if (const HistoryEvent* accepted = acceptedBy(index + 2)) {
            return startBefore(accepted->workflow_execution_update_accepted_event_attributes()
                                   .accepted_request_sequencing_event_id())
                .value_or(index);
        }
        return index;
    }

    /// The next task begins with nothing new: a heartbeat, or a task forced for other reasons. What came in before it
    /// was started is news that the run in a worker's cache saw by itself, so it must not be joined with what was
    /// before.
    bool followsAtOnce(size_t index) const {
        if (at(index)->event_type() != enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) return false;
        const HistoryEvent* next = at(index + 1);
        return !next || next->event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_STARTED;
    }

    /// The first update that was accepted among the commands from `index` on.
    const HistoryEvent* acceptedBy(size_t index) const {
        for (const HistoryEvent* event = at(index); event && machines::isCommandEvent(*event); event = at(++index)) {
            if (event->event_type() == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) return event;
        }
        return nullptr;
    }

    /// An update is looked ahead for from the step in whose task it ran, so the step before it must end where that one
    /// began, even if its own task did nothing.
    std::optional<size_t> startBefore(int64_t sequencingEventId) const {
        for (auto start = m_starts.rbegin(); start != m_starts.rend(); ++start) {
            if (m_events[*start]->event_id() < sequencingEventId) return *start;
        }
        return std::nullopt;
    }

    EventSpan m_events;
    int64_t m_updateAhead;
    std::vector<size_t> m_starts;
    bool m_sawCommand = false;
};

}  // namespace

size_t firstChunkSize(EventSpan events, int64_t updateAhead) { return Scan(events, updateAhead).size(); }

void HistoryChunker::reset(std::vector<HistoryEvent> events, int64_t processedEventId, int64_t updateAhead) {
    m_updateAhead = updateAhead;
    m_shared.reset();
    m_owned = std::move(events);
    m_ownedPointers.clear();
    for (const HistoryEvent& event : m_owned) {
        if (event.event_id() > processedEventId) m_ownedPointers.push_back(&event);
    }
    m_events = m_ownedPointers;
    m_next = 0;
}

void HistoryChunker::reset(std::shared_ptr<const EventPointers> events) {
    m_updateAhead = 0;
    m_owned.clear();
    m_ownedPointers.clear();
    m_shared = std::move(events);
    m_events = *m_shared;
    m_next = 0;
}

void HistoryChunker::clear() {
    // Assigned, not cleared: their memory is to go as well.
    m_owned = {};
    m_ownedPointers = {};
    m_shared.reset();
    m_events = {};
    m_next = 0;
}

HistoryChunk HistoryChunker::take() {
    HistoryChunk chunk;
    chunk.events = peek();
    m_next += chunk.events.size();
    chunk.last = empty();
    return chunk;
}

EventSpan HistoryChunker::peek() const {
    const auto rest = m_events.subspan(m_next);
    return rest.first(firstChunkSize(rest, m_updateAhead));
}

}  // namespace orrery::worker
