// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/history/history.h"

namespace google::protobuf {
class Message;
}

namespace orrery::test {

/// Makes what two servers wrote comparable. One of these a server and script: names that stand for ids are handed out
/// in the order in which the ids appear, so that equal text means that the same ids are equal on both sides.
///
/// Left out, and why:
///   times           every Timestamp is only "there": the servers do not do things at the same moment
///   task_id         counts the real server's internal tasks
///   version         the real server's fail-over version of a namespace, which has no meaning on one machine
///   history_size_bytes   depends on how a server stores events
///   UUIDs           run ids, request ids, made-up child ids: shown as #1, #2, …, wherever they stand in a text
///   sticky queues   their names are made up by the worker: shown as "sticky"
///   first_workflow_task_backoff   of a run that continues as new it is what the run before has left of a second; else
///                   in whole seconds
///   state_transition_count, BuildIds   how the real server keeps its books of a run
///   run_expiration_time   the real server says one, without a time in it, even where there is none
///   execution_duration   a time as well
///   request_id of signals   only newer servers write it
///   retry_state of activities that timed out   newer servers say TIMEOUT where older ones say NON_RETRYABLE_FAILURE
/// Everything else has to be equal: event ids, order, types, every attribute that is set, codes and messages.
class Normaliser {
public:
    /// One line an event: "5 ActivityTaskScheduled activity_id: \"1\" …".
    std::vector<std::string> lines(const history::History& history);
    /// Any message on one line.
    std::string line(const google::protobuf::Message& message);
    /// UUIDs of a text as their names.
    std::string named(const std::string& text);

private:
    std::map<std::string, std::string> m_names;
};

}  // namespace orrery::test
