// SPDX-License-Identifier: MIT
// The table of what can be called: method path -> how to read the request and what to do with it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/server/state/world.h"

namespace orrery::server {

class Methods {
public:
    struct Method {
        std::unique_ptr<google::protobuf::Message> (*newRequest)() = nullptr;
        std::function<void(World&, const google::protobuf::Message&, const CallPtr&)> handle;
    };

    /// Methods added from now on belong to this service, for example "temporal.api.workflowservice.v1.WorkflowService".
    void service(std::string_view name) { m_prefix = "/" + std::string(name) + "/"; }

    /// Answers at once.
    template <typename Request, typename Response>
    void add(std::string_view name, std::unique_ptr<Response> (*handler)(World&, const Request&)) {
        addAsync<Request>(name, [handler](World& world, const Request& request, const CallPtr& call) {
            world.answer(call, handler(world, request));
        });
    }

    /// Answers now or later.
    template <typename Request, typename Handler>
    void addAsync(std::string_view name, Handler handler) {
        Method method;
        method.newRequest = []() -> std::unique_ptr<google::protobuf::Message> { return std::make_unique<Request>(); };
        method.handle = [handler](World& world, const google::protobuf::Message& request, const CallPtr& call) {
            handler(world, static_cast<const Request&>(request), call);
        };
        m_methods.emplace(m_prefix + std::string(name), std::move(method));
    }

    const Method* find(const std::string& path) const {
        const auto found = m_methods.find(path);
        return found == m_methods.end() ? nullptr : &found->second;
    }

    /// One input to the world: runs the method and turns what it throws into the call's answer.
    static void run(const Method& method, World& world, const google::protobuf::Message& request, const CallPtr& call);

private:
    std::string m_prefix;
    std::unordered_map<std::string, Method> m_methods;
};

/// Everything this server can do.
const Methods& allMethods();

void addHistoryMethods(Methods& methods);
void addTaskMethods(Methods& methods);
void addActivityMethods(Methods& methods);
void addStartMethods(Methods& methods);
void addMessageMethods(Methods& methods);
void addQueryMethods(Methods& methods);
void addUpdateMethods(Methods& methods);
void addMultiOperationMethods(Methods& methods);
void addDescribeMethods(Methods& methods);
void addVisibilityMethods(Methods& methods);
void addNamespaceMethods(Methods& methods);
void addSystemMethods(Methods& methods);
void addWorkerMethods(Methods& methods);
void addOffMethods(Methods& methods);
void addResetMethods(Methods& methods);
void addOptionMethods(Methods& methods);
void addOperatorMethods(Methods& methods);
void addTestMethods(Methods& methods);
void addClockMethods(Methods& methods);

}  // namespace orrery::server
