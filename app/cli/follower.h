// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/client/connection.h"
#include "core/history/history.h"

namespace orrery::cli {

/// Follows the history of a run as it grows. One thread.
class Follower {
public:
    Follower(std::shared_ptr<client::Connection> connection, std::string workflowId, std::string runId);

    /// Waits for more events and gives the number of those that are new; nullopt when the run has closed and everything
    /// was given, or when `stop` was asked for. Throws RpcError.
    std::optional<size_t> next(std::stop_token stop);

    std::shared_ptr<const history::History> history() const { return m_builder.snapshot(); }

private:
    std::shared_ptr<client::Connection> m_connection;
    std::string m_workflowId;
    std::string m_runId;
    std::string m_pageToken;
    bool m_closed = false;
    history::HistoryBuilder m_builder;
};

}  // namespace orrery::cli
