// SPDX-License-Identifier: MIT
#include "core/gateway/impl/task.h"

#include <utility>

#include <grpcpp/alarm.h>

#include "core/base/clock.h"

namespace orrery::gateway {

Task::Task(std::shared_ptr<client::Connection> connection) : m_connection(std::move(connection)) {}
Task::~Task() = default;

void Task::askAny(const char* method, const google::protobuf::Message& request,
                  std::unique_ptr<google::protobuf::Message> response, const client::CallOptions& options,
                  client::Connection::AnyReply then) {
    uint64_t step = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped) return;
        step = ++m_step;
    }
    client::Call call =
        m_connection->call(method, request, std::move(response), options,
                           [self = shared_from_this(), then = std::move(then)](
                               std::unique_ptr<google::protobuf::Message> message, client::RpcErrorPtr error) {
                               try {
                                   then(std::move(message), std::move(error));
                               } catch (...) {
                                   self->failed(problemFromCurrentException());
                               }
                           });
    std::unique_lock lock(m_mutex);
    if (m_stopped) {
        lock.unlock();
        call.cancelWithoutWaiting();
    } else if (m_step == step) {
        std::swap(m_call, call);
        lock.unlock();
        call.detach();
    } else {
        // Answered already, and the next step is on its way on another thread.
        lock.unlock();
        call.detach();
    }
}

void Task::pause(base::Duration duration, std::function<void()> then) {
    const auto until =
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(base::systemClock()->now() + duration);
    const std::lock_guard lock(m_mutex);
    if (m_stopped) return;
    ++m_step;
    m_alarm = std::make_unique<grpc::Alarm>();
    m_alarm->Set(until, [self = shared_from_this(), then = std::move(then)](bool) {
        {
            const std::lock_guard stopping(self->m_mutex);
            if (self->m_stopped) return;
        }
        then();
    });
}

void Task::stop() {
    m_gate.close();
    client::Call call;
    std::unique_ptr<grpc::Alarm> alarm;
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        std::swap(call, m_call);
        alarm = std::move(m_alarm);
    }
    // Not waited for: a step under way can deliver nothing any more, and keeps the task alive.
    call.cancelWithoutWaiting();
    if (alarm) alarm->Cancel();
}

Handle run(const std::shared_ptr<Task>& task) {
    struct Owner final : Running {
        std::shared_ptr<Task> task;
        explicit Owner(std::shared_ptr<Task> owned) : task(std::move(owned)) {}
        ~Owner() override { task->stop(); }
    };
    auto owner = std::make_unique<Owner>(task);
    task->begin();
    return Handle(std::move(owner));
}

}  // namespace orrery::gateway
