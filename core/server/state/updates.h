// SPDX-License-Identifier: MIT
// Updates: admitted in memory, accepted and completed in the history; a rejection leaves no trace.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <temporal/api/protocol/v1/message.pb.h>

#include "core/server/state/world.h"

namespace temporal::api::workflowservice::v1 {
class PollWorkflowTaskQueueResponse;
class UpdateWorkflowExecutionRequest;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::server {

using ProtocolMessage = temporal::api::protocol::v1::Message;

/// Throws what is wrong with the request itself.
void checkUpdate(const temporal::api::workflowservice::v1::UpdateWorkflowExecutionRequest& request);
/// Whether a run that is about to begin has room for it. Throws RESOURCE_EXHAUSTED.
void checkFirstUpdate(const World& world,
                      const temporal::api::workflowservice::v1::UpdateWorkflowExecutionRequest& request);
/// Takes a checked update into the run, or joins the one that has its id, and answers the call when it has come far
/// enough. True: it is new, and a task has to carry it.
bool admitUpdate(World& world, Run& run,
                 const temporal::api::workflowservice::v1::UpdateWorkflowExecutionRequest& request,
                 const CallPtr& call);
/// What becomes of requests that were sent before and not answered yet.
enum class SentUpdates : uint8_t { Again, Stay };
/// Requests that wait for a worker's word travel with the task that is being started.
void attachUpdates(World& world, Run& run, SentUpdates sent,
                   temporal::api::workflowservice::v1::PollWorkflowTaskQueueResponse* response);
/// The task failed: its requests travel again with the next one.
void requeueUpdates(World& world, Run& run);
/// A worker completed its task badly: callers of the requests that it was sent are told, and must not wait for the next
/// try.
void failSentUpdates(World& world, Run& run);
/// Follows a worker's messages through the stages of their updates before any of them is taken.
class UpdateMessages {
public:
    explicit UpdateMessages(const Run& run) : m_run(run) {}
    /// What is wrong with the message; nullopt when it can be taken after those before it.
    std::optional<std::string> take(const ProtocolMessage& message);

private:
    std::string stageOf(const std::string& id) const;

    const Run& m_run;
    std::map<std::string, std::string> m_stages;  ///< after the messages so far, where they changed one
};
bool isRejection(const ProtocolMessage& message);
/// Takes a worker's acceptance, rejection or outcome.
void takeUpdateMessage(World& world, Run& run, const ProtocolMessage& message);
/// A worker that completed its task without a word about these updates does not know them.
void rejectUnanswered(World& world, Run& run);
bool hasAdmittedUpdates(const Run& run);
/// The run has closed, so what was accepted fails and what was not is gone. Nobody is told.
void endUpdates(Run& run);
/// Its handler ended, and it is not only over because its run closed.
bool cameToItsEnd(const Update& update);
/// A caller for whom it is not enough to hear that the run closed before anybody accepted the update.
class CutOffCall : public Call {
public:
    /// Answers, or has something else done first. `self` is this call.
    virtual void cutOff(World& world, const CallPtr& self) = 0;
};
constexpr const char* kUpdateCutOff = "workflow update was aborted by closing workflow";
/// The run closes. With a follower, updates nobody accepted try again there.
void abortUpdates(World& world, Run& run, Run* follower);

}  // namespace orrery::server
