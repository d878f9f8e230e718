// SPDX-License-Identifier: MIT
// Inside of the room: walks the events once and files each under its group.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/history/groups.h"

namespace temporal::api::history::v1 {
class MarkerRecordedEventAttributes;
}
namespace temporal::api::update::v1 {
class Request;
}

namespace orrery::history {

class Grouper {
public:
    explicit Grouper(const History& history);
    Groups run();

private:
    // Each takes the current event when it is of its family; false leaves it to the next.
    bool workflowTasks();
    bool activities();
    bool activityClose();
    bool timers();
    bool children();
    bool childClose();
    bool messages();
    bool updateOutcome();
    bool externals();
    bool nexus();
    bool nexusClose();
    bool rest();

    void marker(const temporal::api::history::v1::MarkerRecordedEventAttributes& marker);
    bool localActivity(const temporal::api::history::v1::MarkerRecordedEventAttributes& marker);
    void updateRequest(EventGroup& group, const temporal::api::update::v1::Request& request);
    EventGroup& update(const std::string& id);

    /// A new group that begins with the current event.
    EventGroup& open(GroupKind kind, std::string name);
    /// The group of an earlier event, nullptr when there is none.
    EventGroup* join(int64_t eventId);
    EventGroup& joinAt(size_t at);
    EventGroup& joinOrOpen(int64_t eventId, GroupKind kind, std::string name);
    void begin(int attempt);
    void close(GroupState state, std::string failure = {});
    /// The current event in a few words.
    std::string eventDetail() const;
    /// Begins and ends with the current event.
    void instant();

    const History& m_history;
    Groups m_groups;
    size_t m_index = 0;
    const temporal::api::history::v1::HistoryEvent* m_event = nullptr;
    std::optional<base::Timestamp> m_time;
    size_t m_current = 0;
    std::unordered_map<std::string, size_t> m_updates;
    size_t m_pauseAt = static_cast<size_t>(-1);
};

}  // namespace orrery::history
