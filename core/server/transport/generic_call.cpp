// SPDX-License-Identifier: MIT
#include "core/server/transport/generic_call.h"

namespace orrery::server {

void GenericCall::accept(CallHouse& house) {
    const auto call = std::make_shared<GenericCall>(house);
    call->await(&call->m_context, [&](Operation* requested) {
        house.others.RequestCall(&call->m_context, &call->m_stream, house.queue.get(), house.queue.get(), requested);
    });
}

void GenericCall::requested() {
    accept(m_house);
    readNext();
}

void GenericCall::readNext() {
    const std::shared_lock lock(m_house.gate);
    if (!m_house.open) return;
    m_read.self = shared_from_this();
    m_stream.Read(&m_request, &m_read);
}

void GenericCall::read(bool ok) {
    if (Reflection::serves(m_context.method())) return reflect(ok);
    if (!ok) m_request.Clear();
    if (const auto health = healthAnswer(m_context.method(), m_request)) return answerHealth(*health);
    handle(m_context.method(), m_request);
    m_request.Clear();
}

/// A stream of questions and answers, which ends when there are no more questions.
void GenericCall::reflect(bool asked) {
    grpc::ByteBuffer answer;
    const grpc::Status status = asked ? m_reflection.answer(m_request, &answer) : grpc::Status::OK;
    m_request.Clear();
    if (!asked || !status.ok()) {
        return finishOnce([&](Operation* finished) { m_stream.Finish(status, finished); });
    }
    const std::shared_lock lock(m_house.gate);
    if (!m_house.open) return;
    m_written.self = shared_from_this();
    m_stream.Write(answer, &m_written);
}

void GenericCall::written(bool ok) {
    if (ok) readNext();
}

void GenericCall::answerHealth(const HealthAnswer& answer) {
    finishOnce([&](Operation* finished) {
        if (answer.staysOpen) {
            m_stream.Write(answer.message, finished);
        } else if (answer.status.ok()) {
            m_stream.WriteAndFinish(answer.message, grpc::WriteOptions(), answer.status, finished);
        } else {
            m_stream.Finish(answer.status, finished);
        }
    });
}

void GenericCall::finish(Reply reply) {
    finishOnce([&](Operation* finished) {
        if (reply.error) {
            m_stream.Finish(statusOf(*reply.error), finished);
        } else {
            m_stream.WriteAndFinish(bytesOf(reply), grpc::WriteOptions(), grpc::Status::OK, finished);
        }
    });
}

}  // namespace orrery::server
