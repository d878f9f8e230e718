// SPDX-License-Identifier: MIT
#include <utility>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/client/requests.h"
#include "core/gateway/impl/convert.h"
#include "core/gateway/impl/repeated_problem.h"
#include "core/gateway/impl/tasks.h"

namespace orrery::gateway {
namespace {

constexpr base::Duration kConnectionInterval = std::chrono::seconds(2);

client::CallOptions withoutRetry(base::Duration timeout) {
    client::CallOptions options;
    options.timeout = timeout;
    options.retry = client::RetryPolicy::none();
    return options;
}

class ConnectionWatch final : public Task {
public:
    ConnectionWatch(ConnectionPtr connection, std::function<void(ConnectionStatus)> callback)
        : Task(std::move(connection)), m_callback(std::move(callback)) {}

    void begin() override {
        ask<wsv::GetSystemInfoResponse>("GetSystemInfo", wsv::GetSystemInfoRequest(),
                                        withoutRetry(std::chrono::seconds(5)), [this](auto, auto error) {
                                            ConnectionStatus status;
                                            if (error) {
                                                status.state = ConnectionState::Lost;
                                                status.problem = problemFrom(*error);
                                            }
                                            tell(std::move(status));
                                            pause(kConnectionInterval, [this] { begin(); });
                                        });
    }
    void failed(Problem problem) override { tell({ConnectionState::Lost, std::move(problem)}); }

private:
    void tell(ConnectionStatus status) {
        if (m_told == status.state) return;
        m_told = status.state;
        deliver([&] { m_callback(std::move(status)); });
    }

    std::function<void(ConnectionStatus)> m_callback;
    std::optional<ConnectionState> m_told;
};

/// Counts by status, and in total only where the server cannot group.
class CountingTask : public Task {
protected:
    using Task::Task;

    void count(const std::string& filter, std::function<void(Outcome<WorkflowCounts>)> then) {
        const std::string query = m_grouped ? filter + " GROUP BY ExecutionStatus" : filter;
        ask<wsv::CountWorkflowExecutionsResponse>("CountWorkflowExecutions", client::countRequest(*connection(), query),
                                                  {}, [this, filter, then](auto response, auto error) {
                                                      if (!error) return then(countsFrom(*response));
                                                      const bool refused =
                                                          error->code() == base::ErrorCode::InvalidArgument ||
                                                          error->code() == base::ErrorCode::Unimplemented;
                                                      if (!m_grouped || !refused) return then(problemFrom(*error));
                                                      m_grouped = false;
                                                      count(filter, then);
                                                  });
    }

private:
    bool m_grouped = true;
};

class CountTask final : public CountingTask {
public:
    CountTask(ConnectionPtr connection, ListQuery query, Callback<WorkflowCounts> callback)
        : CountingTask(std::move(connection)), m_filter(filterFrom(query)), m_callback(std::move(callback)) {}

    void begin() override {
        count(m_filter, [this](auto outcome) { deliver([&] { m_callback(std::move(outcome)); }); });
    }
    void failed(Problem problem) override {
        deliver([&] { m_callback(std::move(problem)); });
    }

private:
    std::string m_filter;
    Callback<WorkflowCounts> m_callback;
};

class ListWatch final : public CountingTask {
public:
    ListWatch(ConnectionPtr connection, ListQuery query, base::Duration interval, Callback<LiveList> callback)
        : CountingTask(std::move(connection)),
          m_filter(filterFrom(query)),
          m_pageSize(query.pageSize),
          m_interval(interval),
          m_callback(std::move(callback)) {}

    void begin() override {
        ask<wsv::ListWorkflowExecutionsResponse>(
            "ListWorkflowExecutions", client::listRequest(*connection(), m_filter, m_pageSize, {}),
            withoutRetry(std::chrono::seconds(10)), [this](auto response, auto error) {
                if (error) return failed(problemFrom(*error));
                auto page = std::make_shared<const WorkflowPage>(pageFrom(*response));
                count(m_filter, [this, page](auto counts) { tell(page, std::move(counts)); });
            });
    }
    void failed(Problem problem) override {
        if (m_problems.isNew(problem)) deliver([&] { m_callback(std::move(problem)); });
        pause(m_problems.interval(), [this] { begin(); });
    }

private:
    void tell(std::shared_ptr<const WorkflowPage> page, Outcome<WorkflowCounts> counts) {
        if (!counts.ok()) return failed(counts.problem());
        const bool unchanged = m_last.page && !m_problems.any() && m_last.page->rows == page->rows &&
                               m_last.page->nextPageToken.empty() == page->nextPageToken.empty() &&
                               m_last.counts == counts.value();
        if (!unchanged) {
            m_last = {std::move(page), std::move(counts).value()};
            deliver([&] { m_callback(m_last); });
        }
        m_problems.over();
        pause(m_interval, [this] { begin(); });
    }

    std::string m_filter;
    int m_pageSize;
    base::Duration m_interval;
    Callback<LiveList> m_callback;
    LiveList m_last;
    RepeatedProblem m_problems;
};

/// The same bytes for the same content, also for maps.
std::string fingerprint(const google::protobuf::Message& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
    coded.Trim();
    return bytes;
}

class DescriptionWatch final : public Task {
public:
    DescriptionWatch(ConnectionPtr connection, WorkflowKey workflow, base::Duration interval,
                     Callback<WorkflowDescription> callback)
        : Task(std::move(connection)),
          m_workflow{std::move(workflow.workflowId), std::move(workflow.runId), {}},
          m_interval(interval),
          m_callback(std::move(callback)) {}

    void begin() override {
        ask<wsv::DescribeWorkflowExecutionResponse>(
            "DescribeWorkflowExecution", client::describeRequest(*connection(), m_workflow),
            withoutRetry(std::chrono::seconds(10)), [this](auto response, auto error) {
                if (!error) return tell(*response);
                failed(problemFrom(*error));
            });
    }
    void failed(Problem problem) override {
        const bool gone = problem.code == base::ErrorCode::NotFound;
        if (m_problems.isNew(problem)) deliver([&] { m_callback(std::move(problem)); });
        if (!gone) pause(m_problems.interval(), [this] { begin(); });
    }

private:
    void tell(const wsv::DescribeWorkflowExecutionResponse& response) {
        std::string bytes = fingerprint(response);
        auto description = descriptionFrom(response);
        const bool closed = description.row.status != WorkflowStatus::Running;
        if (bytes != m_last || m_problems.any()) deliver([&] { m_callback(std::move(description)); });
        m_last = std::move(bytes);
        m_problems.over();
        if (!closed) pause(m_interval, [this] { begin(); });
    }

    client::WorkflowRef m_workflow;
    base::Duration m_interval;
    Callback<WorkflowDescription> m_callback;
    std::string m_last;
    RepeatedProblem m_problems;
};

}  // namespace

std::shared_ptr<Task> connectionWatch(ConnectionPtr connection, std::function<void(ConnectionStatus)> callback) {
    return std::make_shared<ConnectionWatch>(std::move(connection), std::move(callback));
}

std::shared_ptr<Task> countTask(ConnectionPtr connection, ListQuery query, Callback<WorkflowCounts> callback) {
    return std::make_shared<CountTask>(std::move(connection), std::move(query), std::move(callback));
}

std::shared_ptr<Task> listWatch(ConnectionPtr connection, ListQuery query, base::Duration interval,
                                Callback<LiveList> callback) {
    return std::make_shared<ListWatch>(std::move(connection), std::move(query), interval, std::move(callback));
}

std::shared_ptr<Task> descriptionWatch(ConnectionPtr connection, WorkflowKey workflow, base::Duration interval,
                                       Callback<WorkflowDescription> callback) {
    return std::make_shared<DescriptionWatch>(std::move(connection), std::move(workflow), interval,
                                              std::move(callback));
}

}  // namespace orrery::gateway
