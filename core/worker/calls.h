// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "core/base/executor.h"
#include "core/client/connection.h"

namespace orrery::worker {

/// The calls a worker has under way. Replies are handed to one executor, never on the thread that reads the network.
/// Safe from any thread. The executor may go once cancelAll() has returned.
class Calls {
public:
    Calls(std::shared_ptr<client::Connection> connection, base::Executor& replies)
        : m_connection(std::move(connection)), m_replies(replies) {}
    ~Calls() { cancelAll(); }
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;

    using Id = uint64_t;

    /// The reply comes exactly once, unless the call was cancelled. After cancelAll() nothing is sent any more.
    template <typename Response>
    Id call(std::string_view method, const google::protobuf::Message& request, const client::CallOptions& options,
            std::function<void(std::unique_ptr<Response>, client::RpcErrorPtr)> reply) {
        const Id id = reserve();
        if (id == 0) return 0;
        client::Call call = m_connection->call<Response>(
            method, request, options,
            [this, id, reply = std::move(reply)](std::unique_ptr<Response> response, client::RpcErrorPtr error) {
                // std::function wants to be copied.
                std::shared_ptr<Response> shared(std::move(response));
                m_replies.post([this, id, reply, shared, error] {
                    finish(id);
                    reply(shared ? std::make_unique<Response>(std::move(*shared)) : nullptr, error);
                });
            });
        keep(id, std::move(call));
        return id;
    }

    /// The reply will not come, unless it is on its way to the executor already.
    void cancel(Id id);
    /// No reply is posted after this returns.
    void cancelAll();

private:
    Id reserve();
    void keep(Id id, client::Call call);
    void finish(Id id);

    std::shared_ptr<client::Connection> m_connection;
    base::Executor& m_replies;
    std::mutex m_mutex;
    Id m_lastId = 0;
    bool m_closed = false;
    std::map<Id, client::Call> m_calls;
};

}  // namespace orrery::worker
