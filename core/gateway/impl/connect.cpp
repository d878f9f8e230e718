// SPDX-License-Identifier: MIT
#include <utility>

#include <fmt/format.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/gateway/impl/connected_cluster.h"
#include "core/gateway/impl/convert.h"
#include "core/gateway/impl/tasks.h"

namespace orrery::gateway {
namespace {

client::ConnectOptions connectOptions(const ConnectTo& to) {
    client::ConnectOptions options;
    options.address = to.address;
    options.namespaceName = to.namespaceName;
    options.identity = to.identity;
    return options;
}

/// Asks who is there, then whether it has the namespace.
class ConnectTask final : public Task {
public:
    ConnectTask(ConnectTo to, Callback<std::shared_ptr<Cluster>> callback)
        : Task(client::Connection::create(connectOptions(to))), m_to(std::move(to)), m_callback(std::move(callback)) {}

    void begin() override {
        ask<wsv::GetSystemInfoResponse>("GetSystemInfo", wsv::GetSystemInfoRequest(), once(),
                                        [this](auto response, auto error) {
                                            if (error) return failed(problemFrom(*error));
                                            m_version = response->server_version();
                                            checkNamespace();
                                        });
    }

    void failed(Problem problem) override {
        problem.fields["address"] = m_to.address;
        problem.fields["namespace"] = m_to.namespaceName;
        deliver([&] { m_callback(std::move(problem)); });
    }

private:
    client::CallOptions once() const {
        client::CallOptions options;
        options.timeout = m_to.timeout;
        options.retry = client::RetryPolicy::none();
        return options;
    }

    void checkNamespace() {
        wsv::DescribeNamespaceRequest request;
        request.set_namespace_(m_to.namespaceName);
        ask<wsv::DescribeNamespaceResponse>("DescribeNamespace", request, once(), [this](auto, auto error) {
            if (error && error->code() == base::ErrorCode::NotFound) {
                return failed({error->code(),
                               fmt::format("the server at {} has no namespace {}", m_to.address, m_to.namespaceName),
                               {}});
            }
            // A proxy may hide namespaces from us and still serve one.
            if (error && error->code() != base::ErrorCode::PermissionDenied &&
                error->code() != base::ErrorCode::Unimplemented) {
                return failed(problemFrom(*error));
            }
            succeed();
        });
    }

    void succeed() {
        const ClusterInfo info{m_to.address, ClusterKind::Remote, m_to.namespaceName, m_version,
                               connection()->identity()};
        deliver([&] { m_callback(std::shared_ptr<Cluster>(std::make_shared<ConnectedCluster>(connection(), info))); });
    }

    ConnectTo m_to;
    Callback<std::shared_ptr<Cluster>> m_callback;
    std::string m_version;
};

}  // namespace

std::shared_ptr<Task> connectTask(ConnectTo to, Callback<std::shared_ptr<Cluster>> callback) {
    return std::make_shared<ConnectTask>(std::move(to), std::move(callback));
}

Request connect(ConnectTo to, Callback<std::shared_ptr<Cluster>> callback) {
    return run(connectTask(std::move(to), std::move(callback)));
}

}  // namespace orrery::gateway
