// SPDX-License-Identifier: MIT
// What a script plays on: one server, a client, and workers that come and go. The same for both servers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/testing/workflow_environment.h"
#include "core/worker/worker.h"
#include "tests/peers/gate.h"
#include "tests/peers/normalise.h"

namespace orrery::test {

/// A server that lasts for the whole program: the real one at ORRERY_PEER_ADDRESS, or one of our own.
class Peer {
public:
    /// Throws base::Error when the address is not set or nobody answers there.
    static Peer real();
    static Peer embedded();

    const std::string& name() const { return m_name; }
    client::Client connect(const std::string& identity) const;

private:
    explicit Peer(std::string name) : m_name(std::move(name)) {}

    std::string m_name;
    std::string m_address;
    /// Null for the real one.
    std::shared_ptr<testing::WorkflowEnvironment> m_environment;
};

using HistoryPtr = std::shared_ptr<const history::History>;

/// One play of one script. Whatever a script lets happen, it waits until the history shows it and no workflow task is
/// open before it goes on: then both servers have to write the same.
class Stage {
public:
    /// `script` is the task queue, and what workflow ids begin with.
    Stage(const Peer& peer, std::string script);
    ~Stage();

    const client::Client& client() const { return m_client; }
    const std::string& queue() const { return m_script; }
    Gate& gate() { return *m_gate; }

    /// With all samples and feature workflows. One at a time.
    void startWorker(worker::WorkerOptions options = {}, bool gated = false);
    void stopWorker();
    /// As a crash.
    void loseWorker();

    /// Id "<script>" or "<script>-<suffix>" on the script's queue.
    definition::StartWorkflowOptions options(const std::string& suffix = {}) const;
    template <class... A>
    client::WorkflowHandle start(const std::string& type, const definition::StartWorkflowOptions& options,
                                 const A&... arguments) {
        const auto handle = m_client.startWorkflow(type, options, arguments...);
        compare(handle.id(), handle.runId());
        return handle;
    }
    /// This run's history belongs to what is compared.
    void compare(const std::string& workflowId, const std::string& runId);
    /// The run that a run continued as, which is compared as well.
    client::WorkflowHandle next(const client::WorkflowHandle& handle);
    /// The child of that number (from 0) of the run, compared as well.
    client::WorkflowHandle child(const client::WorkflowHandle& parent, int number);

    /// Waits until the run has that many events of the type and no workflow task is open.
    HistoryPtr settled(const client::WorkflowHandle& handle, const std::string& eventType, int count = 1);
    /// Waits until the run is closed.
    HistoryPtr closed(const client::WorkflowHandle& handle);

    /// The rest of the server's API; `method` as in client::Connection.
    template <class Response>
    Response call(const std::string& method, const google::protobuf::Message& request) const {
        return m_client.connection()->callAndWait<Response>(method, request);
    }
    /// All that the server says of the run.
    const google::protobuf::Message& describe(const client::WorkflowHandle& handle);
    /// OrreryCustomer (keyword) and OrreryTier (number) exist from now on.
    void addSearchAttributes() const;
    /// Asks until the server's lists have so many runs; they may be a little behind.
    void waitUntilListed(const std::string& filter, int64_t count) const;

    /// A line that is compared.
    template <class... A>
    void note(fmt::format_string<A...> format, A&&... arguments) {
        m_notes.push_back(m_normaliser.named(fmt::format(format, std::forward<A>(arguments)...)));
    }
    void note(const std::string& what, const google::protobuf::Message& message) {
        m_notes.push_back(what + " " + m_normaliser.line(message));
    }
    /// Notes what the call throws: its type, code, message, causes; or that it throws nothing.
    void noteError(const std::string& what, const std::function<void()>& call);
    /// Result or failure of the run.
    void noteResult(const client::WorkflowHandle& handle);

    /// Everything: notes, then each history.
    std::vector<std::string> transcript();
    const std::vector<client::WorkflowHandle>& compared() const { return m_compared; }

private:
    HistoryPtr until(const client::WorkflowHandle& handle, const std::function<bool(const history::History&)>& done);

    std::string m_script;
    client::Client m_client;
    client::Client m_workerClient;
    std::shared_ptr<Gate> m_gate = std::make_shared<Gate>();
    std::unique_ptr<worker::Worker> m_worker;
    std::vector<client::WorkflowHandle> m_compared;
    std::vector<std::string> m_notes;
    client::WorkflowDescription m_described;
    Normaliser m_normaliser;
};

struct Script {
    std::string name;
    void (*play)(Stage& stage);
};

/// The samples, and everything else that client and worker can do.
const std::vector<Script>& sampleScripts();
const std::vector<Script>& messageScripts();
const std::vector<Script>& activityScripts();
const std::vector<Script>& lifeScripts();
const std::vector<Script>& resetScripts();

}  // namespace orrery::test
