// SPDX-License-Identifier: MIT
#include "core/gateway/replay.h"

#include <variant>

#include "core/gateway/impl/jobs.h"
#include "core/payload/failure.h"
#include "core/replay/session.h"

namespace orrery::gateway {
namespace {

/// The session and the line of those who wait for it.
struct Shared {
    explicit Shared(replay::Session opened) : session(std::move(opened)) {}

    replay::Session session;
    base::Strand strand{jobPool()};
};

/// The job, and the gate of its progress: both fall silent when the request is dropped.
struct Walking final : Running {
    Request job;
    std::shared_ptr<base::DeliveryGate> progressGate = std::make_shared<base::DeliveryGate>();
    ~Walking() override {
        job.drop();
        progressGate->close();
    }
};

class StrandSession final : public ReplaySession {
public:
    explicit StrandSession(std::shared_ptr<Shared> shared) : m_shared(std::move(shared)) {}
    // Unwinding workflow code is work for the pool as well.
    ~StrandSession() override {
        base::Strand& strand = m_shared->strand;
        strand.post([shared = std::move(m_shared)] {});
    }

    const replay::Overview& overview() const override { return m_shared->session.overview(); }

    Request step(int number, ReplayProgress progress, Callback<StepPtr> callback) override {
        return run<StepPtr>(
            std::move(progress),
            [number](replay::Session& session, const replay::Control& control) {
                return session.step(number, control);
            },
            std::move(callback));
    }

    Request queries(int number, Callback<std::vector<replay::QueryInfo>> callback) override {
        return run<std::vector<replay::QueryInfo>>(
            {},
            [number](replay::Session& session, const replay::Control& control) {
                return session.queries(number, control);
            },
            std::move(callback));
    }

    Request query(int number, std::string name, payload::Payloads arguments,
                  Callback<payload::Payload> callback) override {
        return run<payload::Payload>(
            {},
            [number, name = std::move(name), arguments = std::move(arguments)](replay::Session& session,
                                                                               const replay::Control& control) {
                auto answer = session.query(number, name, arguments, control);
                if (const auto* failure = std::get_if<payload::FailureData>(&answer)) {
                    throw base::Error(base::ErrorCode::InvalidArgument, failure->message, {{"query", name}});
                }
                return std::get<payload::Payload>(std::move(answer));
            },
            std::move(callback));
    }

    Request walk(ReplayProgress progress, Callback<Walk> callback) override {
        return run<Walk>(
            std::move(progress),
            [](replay::Session& session, const replay::Control& control) {
                Walk walk;
                walk.verdicts = session.verdicts(control);
                walk.first = session.firstDivergence(control);
                return walk;
            },
            std::move(callback));
    }

private:
    template <typename T, typename Work>
    Request run(ReplayProgress progress, Work work, Callback<T> callback) {
        auto walking = std::make_unique<Walking>();
        walking->job = runJobOn<T>(
            m_shared->strand,
            [shared = m_shared, work = std::move(work), progress = std::move(progress),
             gate = walking->progressGate](const std::stop_token& stop) {
                replay::Control control;
                control.stop = stop;
                if (progress) {
                    control.progress = [&](int done, int total) { gate->deliver([&] { progress(done, total); }); };
                }
                return work(shared->session, control);
            },
            std::move(callback));
        return Request(std::move(walking));
    }

    std::shared_ptr<Shared> m_shared;
};

class RegisteredReplay final : public Replay {
public:
    explicit RegisteredReplay(std::shared_ptr<const definition::WorkflowFactory> workflows)
        : m_workflows(std::move(workflows)) {}

    std::vector<std::string> workflowTypes() const override { return m_workflows->workflowTypes(); }

    Request open(std::shared_ptr<const history::History> history, std::string workflowType,
                 Callback<std::shared_ptr<ReplaySession>> callback) override {
        return runJob<std::shared_ptr<ReplaySession>>(
            [workflows = m_workflows, history = std::move(history),
             type = std::move(workflowType)](const std::stop_token&) -> std::shared_ptr<ReplaySession> {
                return std::make_shared<StrandSession>(
                    std::make_shared<Shared>(replay::Session(history, workflows, type)));
            },
            std::move(callback));
    }

private:
    std::shared_ptr<const definition::WorkflowFactory> m_workflows;
};

}  // namespace

std::shared_ptr<Replay> makeReplay(std::shared_ptr<const definition::WorkflowFactory> workflows) {
    return std::make_shared<RegisteredReplay>(std::move(workflows));
}

}  // namespace orrery::gateway
