// SPDX-License-Identifier: MIT
// Plays a script against one server over the plain API, being client and worker at once, and writes down all that the
// server says. Requests are protobuf's text format, in which $name stands for what was saved under that name.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "tests/peers/normalise.h"
#include "tests/support/rpc/raw_call.h"

namespace orrery::test {

namespace wsv = temporal::api::workflowservice::v1;
using WorkflowTask = wsv::PollWorkflowTaskQueueResponse;
using ActivityTask = wsv::PollActivityTaskQueueResponse;

/// The script itself went wrong: a request that cannot be read, a call that had to work, a wait that did not end.
struct PlayError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One play of one script. One thread. Names that are there from the start: w the workflow id, q the task queue.
class Play {
public:
    Play(std::shared_ptr<grpc::Channel> channel, const std::string& script);

    /// "StartWorkflowExecution", or with its service "OperatorService/AddSearchAttributes". Notes the answer or the
    /// error. Namespace, identity and request id are filled in where the text leaves them out.
    void call(const std::string& rpc, const std::string& request);
    /// The same without a note; throws PlayError when it fails.
    template <typename Response>
    Response ask(const std::string& rpc, const std::string& request) {
        Response response;
        must(rpc, request, &response);
        return response;
    }

    using Aside = std::shared_ptr<RawCall>;
    /// A call that waits; its answer is noted by end().
    Aside begin(const std::string& rpc, const std::string& request);
    /// Looks for a moment and notes whether the answer is still awaited.
    void waits(const Aside& call);
    void end(const Aside& call);
    /// The same for a call of GetWorkflowExecutionHistory: its events are noted, not compared to the letter.
    void endHistory(const Aside& call);

    // -- client --
    /// Starts $w of type T on $q; its run is $r from now on and belongs to what is compared.
    void start(const std::string& more = {});
    void start(const std::string& id, const std::string& more);
    void signal(const std::string& name, const std::string& more = {});
    void cancel(const std::string& more = {});
    void terminate(const std::string& more = {});
    void describe(const std::string& id = "$w");
    /// Waits until the list has so many of a filter.
    void counted(const std::string& filter, int count);
    /// The same, and notes what the list says of them.
    void list(const std::string& filter, int count);
    /// Notes whose ids the filter takes, in the order of their names.
    void taken(const std::string& filter);
    /// Notes why the filter is refused.
    void refused(const std::string& filter);
    /// Waits until the run's history has so many events of the type.
    void wait(const std::string& eventType, int count = 1);
    void waitFor(const std::string& id, const std::string& run, const std::string& eventType, int count = 1);
    /// Waits until the chain $w of ids has another run than $r, which becomes $r and is compared as well.
    void next(const std::string& id = "$w");
    /// The run's history belongs to what is compared.
    void compare(const std::string& id, const std::string& run);

    /// Notes what is said of the id now, compares its run, and keeps that as $name.
    void adopt(const std::string& id, const std::string& name = "c");

    // -- worker --
    WorkflowTask task(const std::string& more = {});
    /// The task that a poll by begin() got.
    WorkflowTask taskOf(const Aside& poll);
    void complete(const WorkflowTask& task, const std::vector<std::string>& commands = {},
                  const std::string& more = {});
    /// The same, and the task that comes back with the answer.
    WorkflowTask completeForNext(const WorkflowTask& task, const std::vector<std::string>& commands = {},
                                 const std::string& more = {});
    void fail(const WorkflowTask& task, const std::string& more = {});
    /// Polls, completes.
    void step(const std::vector<std::string>& commands = {}, const std::string& more = {});
    ActivityTask activity(const std::string& more = {});
    void ok(const ActivityTask& task, const std::string& result = "done");
    void fail(const ActivityTask& task, const std::string& failure);
    void beat(const ActivityTask& task, const std::string& details = {});
    void cancelled(const ActivityTask& task);
    /// "task_token: '...'" for requests of one's own.
    static std::string token(const std::string& bytes) { return Play::bytes("task_token", bytes); }
    static std::string bytes(const std::string& field, const std::string& value);

    void save(const std::string& name, const std::string& value) { m_names[name] = value; }
    const std::string& saved(const std::string& name) const { return m_names.at(name); }
    void note(const std::string& text);
    void note(const std::string& what, const google::protobuf::Message& message);

    /// Everything: notes, then each compared history.
    std::vector<std::string> transcript();

private:
    void must(const std::string& rpc, const std::string& request, google::protobuf::Message* response);
    void answer(RawCall& call);
    std::string expanded(const std::string& text) const;

    std::shared_ptr<grpc::Channel> m_channel;
    std::map<std::string, std::string> m_names;
    std::vector<std::pair<std::string, std::string>> m_compared;
    std::vector<std::string> m_notes;
    Normaliser m_normaliser;
    int m_requests = 0;
};

struct PlayScript {
    const char* name;
    void (*play)(Play& play);
};

/// All there are; names are unique.
std::vector<PlayScript> playScripts();

}  // namespace orrery::test
