// SPDX-License-Identifier: MIT
#include "core/server/state/tokens.h"

#include <cstring>
#include <optional>

#include "core/server/state/service_error.h"

namespace orrery::server {
namespace {

constexpr size_t kNumbers = 3 * sizeof(uint64_t);

}  // namespace

std::string writeToken(const Token& token) {
    std::string bytes(1, char(token.kind));
    const uint64_t numbers[3] = {uint64_t(token.first), uint64_t(token.second), token.stamp};
    bytes.append(reinterpret_cast<const char*>(numbers), kNumbers);
    bytes.push_back(char(token.runId.size()));
    bytes.append(token.runId);
    bytes.append(token.name);
    return bytes;
}

namespace {

std::optional<Token> read(const std::string& bytes) {
    const size_t head = 1 + kNumbers + 1;
    if (bytes.size() < head) return std::nullopt;
    uint64_t numbers[3];
    std::memcpy(numbers, bytes.data() + 1, kNumbers);
    const size_t idSize = uint8_t(bytes[1 + kNumbers]);
    if (bytes.size() < head + idSize) return std::nullopt;
    Token token;
    token.kind = TokenKind(bytes[0]);
    token.first = int64_t(numbers[0]);
    token.second = int64_t(numbers[1]);
    token.stamp = numbers[2];
    token.runId = bytes.substr(head, idSize);
    token.name = bytes.substr(head + idSize);
    return token;
}

}  // namespace

Token readTaskToken(const std::string& bytes) {
    if (bytes.empty()) throw invalidArgument("Task token not set on request.");
    std::optional<Token> token = read(bytes);
    const bool known = token && (token->kind == TokenKind::WorkflowTask || token->kind == TokenKind::Activity ||
                                 token->kind == TokenKind::Query);
    if (!known) throw invalidArgument("Error deserializing task token.");
    return *std::move(token);
}

Token readPageToken(TokenKind kind, const std::string& bytes) {
    std::optional<Token> token = read(bytes);
    if (!token || token->kind != kind) throw invalidArgument("Invalid NextPageToken.");
    return *std::move(token);
}

}  // namespace orrery::server
