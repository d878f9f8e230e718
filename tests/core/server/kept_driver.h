// SPDX-License-Identifier: MIT
// A driver whose world outlives its server.
#pragma once

#include "tests/core/server/driver.h"
#include "tests/support/kept_world.h"
#include "tests/support/world_fields.h"

#ifndef Q_MOC_RUN

#include <algorithm>

#include <temporal/api/update/v1/message.pb.h>

namespace orrery::test {

/// A driver whose world is kept, and can be stopped and started again.
class KeptDriver : public Driver {
public:
    explicit KeptDriver(server::WorldOptions options = {}) : Driver(std::move(options)) { keep(); }

    Rows disk;
    std::optional<server::Change> last;  ///< what the last input changed

    void stopAndStart(base::Duration meanwhile = {}) {
        wall += meanwhile;
        restart([this](server::World&) { keep(); });
    }

    /// In what a world made of the disk is another one, a line each.
    QString differences() {
        server::World other(world.options);
        const KeptWorld loaded(other, disk, wall);
        QStringList all;
        for (const std::string& line : differencesOf(world, other)) all << QString::fromStdString(line);
        return all.join(QLatin1Char('\n'));
    }

private:
    void keep() {
        auto kept = std::make_shared<KeptWorld>(world, disk, wall);
        afterInput = [this, kept] {
            kept->save();
            last = kept->last;
        };
    }
};

inline server::common::Payloads payloads(const std::string& text) {
    server::common::Payloads result;
    result.add_payloads()->set_data(text);
    return result;
}

/// An update that waits for its outcome.
inline Kept update(Driver& driver, const std::string& workflowId, const std::string& updateId) {
    api::UpdateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(workflowId);
    request.mutable_request()->mutable_meta()->set_update_id(updateId);
    request.mutable_request()->mutable_input()->set_name("set_address");
    return driver.call("UpdateWorkflowExecution", request);
}

inline Command childCommand(const std::string& id) {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* child = command.mutable_start_child_workflow_execution_command_attributes();
    child->set_workflow_id(id);
    child->mutable_workflow_type()->set_name("Child");
    child->mutable_task_queue()->set_name("queue");
    child->mutable_memo()->mutable_fields()->insert({"k", payloads("v").payloads(0)});
    return command;
}

/// An acceptance, as the worker that took the update sends it.
inline void accept(const api::PollWorkflowTaskQueueResponse& task,
                   api::RespondWorkflowTaskCompletedRequest* completion) {
    const auto& request = task.messages(0);
    auto* message = completion->add_messages();
    message->set_protocol_instance_id(request.protocol_instance_id());
    message->set_id(request.protocol_instance_id() + "/accept");
    temporal::api::update::v1::Acceptance acceptance;
    acceptance.set_accepted_request_message_id(request.id());
    message->mutable_body()->PackFrom(acceptance);
}

inline int rowsOf(const server::Change& change, server::RowKind kind) {
    return int(std::count_if(change.rows.begin(), change.rows.end(),
                             [kind](const auto& row) { return row.first.kind == kind; }));
}

}  // namespace orrery::test

#endif  // Q_MOC_RUN
