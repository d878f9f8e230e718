// SPDX-License-Identifier: MIT
#include "core/server/transport/unary_call.h"

namespace orrery::server {

void UnaryCall::accept(CallHouse& house, size_t method) {
    const auto call = std::make_shared<UnaryCall>(house, method);
    call->await(&call->m_context, [&](Operation* requested) {
        house.busy.request(method, &call->m_context, &call->m_request, &call->m_responder, house.queue.get(),
                           requested);
    });
}

void UnaryCall::requested() {
    accept(m_house, m_method);
    handle(m_house.busy.path(m_method), m_request);
    m_request.Clear();
}

void UnaryCall::finish(Reply reply) {
    finishOnce([&](Operation* finished) {
        if (reply.error) {
            m_responder.FinishWithError(statusOf(*reply.error), finished);
        } else {
            m_responder.Finish(bytesOf(reply), grpc::Status::OK, finished);
        }
    });
}

}  // namespace orrery::server
