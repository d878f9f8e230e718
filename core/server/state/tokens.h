// SPDX-License-Identifier: MIT
// What workers and clients carry for us: opaque to them, checked when it comes back.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::server {

enum class TokenKind : char { WorkflowTask = 'w', Activity = 'a', Query = 'q', HistoryPage = 'h', List = 'l' };

struct Token {
    TokenKind kind = TokenKind::WorkflowTask;
    std::string runId;
    int64_t first = 0;   ///< scheduled event id, or the next event to give
    int64_t second = 0;  ///< started event id, or the last event to give
    uint64_t stamp = 0;
    std::string name;  ///< query id
};

std::string writeToken(const Token& token);
/// Throws INVALID_ARGUMENT for what is no token of a task; of what task it is has to be looked at by the caller.
Token readTaskToken(const std::string& bytes);
/// Throws INVALID_ARGUMENT for what is no token of this kind of pages.
Token readPageToken(TokenKind kind, const std::string& bytes);

}  // namespace orrery::server
