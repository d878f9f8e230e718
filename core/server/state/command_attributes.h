// SPDX-License-Identifier: MIT
// What each command has to say by itself, whatever the workflow's state. Each gives the cause and the words with which
// the workflow task fails; nullopt when the command is well formed.
#pragma once

#include <temporal/api/command/v1/message.pb.h>

#include "core/server/state/commands.h"

namespace orrery::server {

using temporal::api::command::v1::Command;
using CommandTrouble = std::optional<CommandProblem>;

CommandTrouble timerTrouble(const Command& command);
CommandTrouble cancelTimerTrouble(const Command& command);
CommandTrouble cancelActivityTrouble(const Command& command);
CommandTrouble completeTrouble(const Limits& limits, const Command& command);
CommandTrouble failTrouble(const Limits& limits, const Command& command);
CommandTrouble cancelTrouble(const Command& command);
CommandTrouble markerTrouble(const Limits& limits, const Command& command);
CommandTrouble continueTrouble(const Limits& limits, const Run& run, const Namespace& ns, const Command& command);
CommandTrouble childTrouble(const Limits& limits, const Run& run, const Namespace& ns, base::Timestamp now,
                            const Command& command);
CommandTrouble signalTrouble(const Limits& limits, const Command& command);
CommandTrouble cancelExternalTrouble(const Command& command);
CommandTrouble upsertTrouble(const Limits& limits, const Run& run, const Namespace& ns, const Command& command);
CommandTrouble memoTrouble(const Limits& limits, const Run& run, const Command& command);
CommandTrouble messageTrouble(const Command& command);

/// Payloads above the limit end the workflow: no worker could do better by trying again.
CommandTrouble largeTrouble(const Limits& limits, const google::protobuf::Message& content,
                            enums::WorkflowTaskFailedCause cause, const std::string& message);

}  // namespace orrery::server
