// SPDX-License-Identifier: MIT
#include "core/server/state/tokens.h"

#include <array>
#include <cstring>
#include <optional>

#include <google/protobuf/unknown_field_set.h>

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

/// A token of Temporal's own server, of a run that is not here: a message whose first three fields are the ids of its
/// namespace, its workflow and its run.
void refuseForeign(const std::string& bytes) {
    google::protobuf::UnknownFieldSet fields;
    if (!fields.ParseFromString(bytes)) return;
    std::array<std::string, 3> ids;
    for (int i = 0; i < fields.field_count(); ++i) {
        const auto& field = fields.field(i);
        const bool text = field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED;
        if (text && field.number() >= 1 && field.number() <= 3)
            ids[size_t(field.number() - 1)] = field.length_delimited();
    }
    if (ids[0].empty() || ids[1].empty() || ids[2].empty()) return;
    throw notFound("workflow execution not found for workflow ID \"" + ids[1] + "\" and run ID \"" + ids[2] + "\"");
}

}  // namespace

Token readTaskToken(const std::string& bytes) {
    if (bytes.empty()) throw invalidArgument("Task token not set on request.");
    std::optional<Token> token = read(bytes);
    const bool known = token && (token->kind == TokenKind::WorkflowTask || token->kind == TokenKind::Activity ||
                                 token->kind == TokenKind::Query);
    if (!known) refuseForeign(bytes);
    if (!known) throw invalidArgument("Error deserializing task token.");
    return *std::move(token);
}

Token readPageToken(TokenKind kind, const std::string& bytes) {
    std::optional<Token> token = read(bytes);
    if (!token || token->kind != kind) throw invalidArgument("Invalid NextPageToken.");
    return *std::move(token);
}

}  // namespace orrery::server
