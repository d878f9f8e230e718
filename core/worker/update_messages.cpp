// SPDX-License-Identifier: MIT
#include "core/worker/update_messages.h"

namespace orrery::worker {

WireMessage requestOfAccepted(const HistoryEvent& event) {
    const auto& accepted = event.workflow_execution_update_accepted_event_attributes();
    WireMessage message;
    message.set_id(accepted.accepted_request_message_id());
    message.set_protocol_instance_id(accepted.protocol_instance_id());
    message.set_event_id(accepted.accepted_request_sequencing_event_id());
    message.mutable_body()->PackFrom(accepted.accepted_request());
    return message;
}

WireMessage requestOfAdmitted(const HistoryEvent& event) {
    const auto& request = event.workflow_execution_update_admitted_event_attributes().request();
    WireMessage message;
    message.set_id(request.meta().update_id() + "/request");
    message.set_protocol_instance_id(request.meta().update_id());
    message.set_event_id(event.event_id() - 1);
    message.mutable_body()->PackFrom(request);
    return message;
}

}  // namespace orrery::worker
