// SPDX-License-Identifier: MIT
#include "core/history/history.h"

#include <utility>

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/base/error.h"
#include "core/history/store.h"

namespace orrery::history {
namespace {

namespace enums = temporal::api::enums::v1;
using temporal::api::history::v1::HistoryEvent;

}  // namespace

History::Store::Store() : m_arena(std::make_unique<google::protobuf::Arena>()) {}
History::Store::~Store() = default;

void History::Store::put(size_t index, const EventEntry& entry) {
    const size_t segment = segmentOf(index);
    if (!m_segments[segment]) m_segments[segment] = std::make_unique<EventEntry[]>(size_t(1) << (segment + kFirstBits));
    m_segments[segment][index - firstOf(segment)] = entry;
}

History::History(std::shared_ptr<const Store> store, size_t size, Ends ends)
    : m_store(std::move(store)), m_size(size), m_ends(ends) {}

History::~History() = default;

const EventEntry& History::entry(size_t index) const { return m_store->at(index); }

std::optional<size_t> History::indexOf(int64_t eventId) const {
    if (m_size == 0) return std::nullopt;
    // Ids are nearly always consecutive; a filtered export is searched by halves.
    const int64_t guess = eventId - m_store->at(0).message->event_id();
    if (guess < 0) return std::nullopt;
    if (static_cast<size_t>(guess) < m_size && m_store->at(static_cast<size_t>(guess)).message->event_id() == eventId) {
        return static_cast<size_t>(guess);
    }
    size_t low = 0;
    size_t high = m_size;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        m_store->at(middle).message->event_id() < eventId ? low = middle + 1 : high = middle;
    }
    if (low < m_size && m_store->at(low).message->event_id() == eventId) return low;
    return std::nullopt;
}

std::optional<Event> History::find(int64_t eventId) const {
    const auto index = indexOf(eventId);
    if (!index) return std::nullopt;
    return (*this)[*index];
}

HistoryBuilder::HistoryBuilder() : m_store(std::make_shared<History::Store>()) {}
HistoryBuilder::~HistoryBuilder() = default;
HistoryBuilder::HistoryBuilder(HistoryBuilder&&) noexcept = default;
HistoryBuilder& HistoryBuilder::operator=(HistoryBuilder&&) noexcept = default;

size_t HistoryBuilder::size() const { return m_size; }

int64_t HistoryBuilder::lastEventId() const { return m_size == 0 ? 0 : m_store->at(m_size - 1).message->event_id(); }

void HistoryBuilder::add(const EventEntry& entry) {
    const auto index = static_cast<int64_t>(m_size);
    m_store->put(m_size++, entry);
    const int type = entry.unknown ? 0 : static_cast<int>(entry.message->event_type());
    if (type == enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED && m_ends.startedAt < 0) m_ends.startedAt = index;
    if (isClosing(type)) m_ends.closedAt = index;
    if (type == enums::EVENT_TYPE_WORKFLOW_TASK_FAILED &&
        entry.message->workflow_task_failed_event_attributes().cause() ==
            enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) {
        m_ends.resetAt = index;
    }
}

size_t HistoryBuilder::append(std::string_view serializedHistory) {
    auto* page = google::protobuf::Arena::CreateMessage<temporal::api::history::v1::History>(&m_store->arena());
    if (!page->ParseFromArray(serializedHistory.data(), static_cast<int>(serializedHistory.size()))) {
        throw base::Error(base::ErrorCode::DataLoss, "a page of the history cannot be parsed");
    }
    int64_t last = lastEventId();
    for (const HistoryEvent& event : page->events()) {
        if (event.event_id() <= lastEventId()) continue;
        if (event.event_id() <= last) {
            throw base::Error(base::ErrorCode::DataLoss,
                              fmt::format("a page of the history has event {} behind event {}", event.event_id(), last),
                              {{"eventId", std::to_string(event.event_id())}});
        }
        last = event.event_id();
    }
    size_t added = 0;
    for (const HistoryEvent& event : page->events()) {
        if (event.event_id() <= lastEventId()) continue;
        add(EventEntry{&event, nullptr});
        ++added;
    }
    return added;
}

void HistoryBuilder::append(const HistoryEvent& event) {
    if (event.event_id() <= lastEventId()) return;
    auto* copy = google::protobuf::Arena::CreateMessage<HistoryEvent>(&m_store->arena());
    *copy = event;
    add(EventEntry{copy, nullptr});
}

std::shared_ptr<const History> HistoryBuilder::snapshot() const {
    return std::shared_ptr<const History>(new History(m_store, m_size, m_ends));
}

}  // namespace orrery::history
