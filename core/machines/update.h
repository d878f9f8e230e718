// SPDX-License-Identifier: MIT
#pragma once

#include <temporal/api/update/v1/message.pb.h>

#include "core/machines/machine.h"

namespace orrery::machines {

/// An update from its request to its outcome. Its commands only give the messages their place among the others.
class UpdateMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    /// `request` carries a temporal.api.update.v1.Request; throws Error(InvalidArgument) when it does not. Gives
    /// DoUpdate.
    UpdateMachine(const WireMessage& request, bool runValidator, Reactions& out);
    /// What the code says to it; Accepted and Completed queue a command each, Rejected leaves no trace in the history.
    void respond(const definition::command::UpdateResponse& response, Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

    const std::string& protocolInstanceId() const { return m_protocolInstanceId; }

private:
    void send(std::string_view suffix, const google::protobuf::Message& body, bool withCommand, Reactions& out) const;
    void accept(Reactions& out);
    void reject(const definition::command::UpdateRejected& response, Reactions& out);
    void complete(const definition::command::UpdateCompleted& response, Reactions& out);

    std::string m_messageId;
    std::string m_protocolInstanceId;
    int64_t m_sequencingEventId;
    temporal::api::update::v1::Request m_request;
};

}  // namespace orrery::machines
