// SPDX-License-Identifier: MIT
// gRPC outside, calls and bytes inside. One completion queue of its own and one thread that polls it: measured to be
// the fastest way to serve unary calls, and long polls cost no thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/server/state/call.h"

namespace grpc {
class ByteBuffer;
class Channel;
}  // namespace grpc

namespace orrery::server {

class Transport {
public:
    struct Handlers {
        /// A request came in, of whatever path; the call is answered through it now or later. On the polling thread.
        std::function<void(const std::string& path, const grpc::ByteBuffer& request, const CallPtr& call)> request;
        /// The caller of an unanswered call is gone. On the polling thread.
        std::function<void(const CallPtr& call)> gone;
    };

    struct Address {
        std::string host;
        uint16_t port = 0;
        bool listen = true;  ///< false: reached by inProcessChannel() alone
    };

    /// `busyMethods` are the paths that are called all the time.
    Transport(Address address, std::vector<std::string> busyMethods, Handlers handlers);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Throws Error(Unavailable) that names the port when it is taken.
    void start();
    std::string address() const;
    std::shared_ptr<grpc::Channel> inProcessChannel();
    /// Refuses new calls, gives answers under way a moment, then joins the thread. Idempotent.
    void shutdown();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Reads a message from what came over the wire; false when it is none.
bool parseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

}  // namespace orrery::server
