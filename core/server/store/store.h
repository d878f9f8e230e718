// SPDX-License-Identifier: MIT
// Where a world is kept. A store knows nothing of runs: it keeps rows and events, and gives them back.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace orrery::server {

/// What a row is about; the numbers stand in files and never change their meaning.
enum class RowKind : int {
    World = 1,
    Namespace = 2,
    RunFixed = 3,
    RunState = 4,
    Buffered = 5,
    Activity = 6,
    Timer = 7,
    Child = 8,
    Update = 9,
    SignalRequest = 10,
    Attempts = 11,
};

struct RowKey {
    uint64_t run = 0;  ///< number of the run, 0 for what belongs to none
    RowKind kind = RowKind::World;
    std::string key;  ///< tells rows of one kind from each other; what is a number has eight bytes, the highest first
    auto operator<=>(const RowKey&) const = default;
};

/// What one or several inputs changed. Applying it twice is the same as once.
struct Change {
    std::map<RowKey, std::optional<std::string>> rows;  ///< nullopt: the row is gone
    /// (run, id of the first event) -> events as the body of a History message. They follow on those already kept.
    std::map<std::pair<uint64_t, int64_t>, std::string> events;
    std::set<uint64_t> removedRuns;

    bool empty() const { return rows.empty() && events.empty() && removedRuns.empty(); }
    /// Adds what came after it.
    void add(Change later);
};

/// Takes what a store gives back: first all events, in order of (run, first), then all rows, in order of their keys.
class StoreReader {
public:
    virtual ~StoreReader() = default;
    virtual void events(uint64_t run, int64_t first, std::string_view bytes) = 0;
    virtual void row(uint64_t run, RowKind kind, std::string_view key, std::string_view record) = 0;
    /// There is no more. The last chance to refuse it, for a store that then stays as it was.
    virtual void end() {}
};

/// One thread at a time.
class Store {
public:
    virtual ~Store() = default;
    /// Throws base::Error when what is kept cannot be read; the store is then as it was.
    virtual void load(StoreReader& reader) = 0;
    /// All of it or nothing, and for good once this has returned. Throws base::Error.
    virtual void commit(const Change& change) = 0;
};

/// Tells damaged bytes from sound ones, and changed ones from those that stayed the same. Not against forgery.
uint64_t sumOf(std::string_view bytes);
std::string numberKey(uint64_t number);
/// nullopt for a key that is not a number.
std::optional<uint64_t> numberOf(std::string_view key);

}  // namespace orrery::server
