// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/history/event.h"
#include "core/payload/render.h"

namespace orrery::history {

enum class WorkflowStatus { Running, Completed, Failed, Canceled, Terminated, TimedOut, ContinuedAsNew };
/// "Running", "TimedOut" and so on.
std::string_view workflowStatusName(WorkflowStatus status);

/// A failure for people: the outermost first, then its causes.
struct FailureInfo {
    std::string message;
    /// Application failure type, or the kind: "Activity", "Timeout (StartToClose)", "Canceled", "Child workflow" ...
    std::string type;
    std::string source;
    std::string stackTrace;
    bool nonRetryable = false;
    std::vector<FailureInfo> causes;
};

struct ExecutionRef {
    std::string namespaceName;
    std::string workflowId;
    std::string runId;
};

/// What the first and the last events say about the run. Missing parts are empty: many exported histories have no
/// workflow id.
struct Summary {
    std::optional<std::string> workflowType;
    std::string workflowId;
    std::string runId;
    WorkflowStatus status = WorkflowStatus::Running;
    std::string taskQueue;
    std::string identity;
    std::string cronSchedule;
    std::optional<ExecutionRef> parent;
    std::vector<payload::RenderedPayload> input;
    std::vector<payload::RenderedPayload> result;
    std::optional<FailureInfo> failure;
    std::optional<base::Timestamp> startTime;
    std::optional<base::Timestamp> closeTime;
    std::optional<base::Duration> executionTimeout;
    std::optional<base::Duration> runTimeout;
    std::optional<base::Duration> taskTimeout;
    int attempt = 1;
    std::string firstRunId;
    std::string continuedFromRunId;
    /// The run that follows this one: continue-as-new, retry or cron.
    std::string continuedTo;
};

/// The events of one run, ascending by event id. Immutable; safe to read from any thread. Always held by
/// std::shared_ptr<const History>. Snapshots of one builder share their events, so a long live tail is never copied.
class History {
public:
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    /// The event at a position, 0 to size() - 1.
    Event operator[](size_t index) const { return Event(entry(index)); }
    std::optional<Event> find(int64_t eventId) const;
    std::optional<size_t> indexOf(int64_t eventId) const;

    Summary summary() const;

private:
    friend class HistoryBuilder;
    friend struct EventSink;
    struct Store;
    struct Ends {
        int64_t startedAt = -1;
        int64_t closedAt = -1;
        int64_t resetAt = -1;
    };
    History(std::shared_ptr<const Store> store, size_t size, Ends ends);
    const EventEntry& entry(size_t index) const;

    std::shared_ptr<const Store> m_store;
    size_t m_size;
    Ends m_ends;
};

/// Grows a history page by page. Used by one thread at a time; snapshots may be read by others meanwhile.
class HistoryBuilder {
public:
    HistoryBuilder();
    ~HistoryBuilder();
    HistoryBuilder(HistoryBuilder&&) noexcept;
    HistoryBuilder& operator=(HistoryBuilder&&) noexcept;

    /// Adds a serialized temporal.api.history.v1.History, as GetWorkflowExecutionHistory returns it. Events that are
    /// already there (a page fetched twice) are skipped; gives the number of new ones. Throws base::Error(DataLoss)
    /// when the bytes cannot be parsed or a page skips backwards; the builder is unchanged then.
    size_t append(std::string_view serializedHistory);
    /// The same for parsed events, which are copied.
    void append(const temporal::api::history::v1::HistoryEvent& event);

    size_t size() const;
    int64_t lastEventId() const;
    /// Constant time.
    std::shared_ptr<const History> snapshot() const;

private:
    friend struct EventSink;
    void add(const EventEntry& entry);

    std::shared_ptr<History::Store> m_store;
    size_t m_size = 0;
    History::Ends m_ends;
};

}  // namespace orrery::history
