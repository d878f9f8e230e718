// SPDX-License-Identifier: MIT
#pragma once

#include <QCache>
#include <QObject>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

#include "core/gateway/replay.h"
#include "views/bridge/deliver.h"

namespace orrery::ui::debugger {

/// What a query answered at one position. Immutable.
struct Answer {
    QString name;
    /// JSON, plain words, or why there is no answer.
    QString text;
    bool failed = false;

    bool operator==(const Answer&) const = default;
};

/// All queries that the workflow offers, in its order. `problem` says why none could be asked.
struct Answers {
    std::vector<Answer> list;
    QString problem;
};

/// Plays one history: opens it with a registered type, walks it once for its verdicts, and brings the step of any task
/// with the answers there and one task before. Remembers what it has brought, for a replay never changes. UI thread;
/// nothing here waits.
class Player : public QObject {
    Q_OBJECT

public:
    explicit Player(std::shared_ptr<gateway::Replay> replay, QObject* parent = nullptr);
    ~Player() override;

    /// `workflowType` empty: that of the history. opened() or failed() follows; what went before is forgotten.
    void open(std::shared_ptr<const history::History> history, const std::string& workflowType);
    /// Walks to the end; walked() follows, or failed(). After stop() it may be asked for again.
    void walk();
    /// Goes to a task, by its number; stepShown() follows, then answersShown(). A later call overtakes this one.
    void goTo(int number);
    /// Gives up what is under way.
    void stop();
    bool busy() const { return m_walking || m_going; }
    bool walking() const { return m_walking; }
    /// Busy with more than the state of a step that is shown already.
    bool lacksStep() const { return m_walking || (m_going && m_number != m_wanted); }

    bool isOpen() const { return m_session != nullptr; }
    const replay::Overview& overview() const { return m_session->overview(); }
    int taskCount() const { return m_session ? static_cast<int>(overview().tasks.size()) : 0; }
    const std::optional<gateway::Walk>& result() const { return m_walk; }

    /// The task shown, 0 for none yet, and the one asked for.
    int number() const { return m_number; }
    int wanted() const { return m_wanted; }
    /// Of the task shown.
    const gateway::StepPtr& step() const { return m_step; }
    /// nullptr while not known.
    const Answers* answers(int number) const { return m_answers.object(number); }

Q_SIGNALS:
    void opened();
    void failed(const gateway::Problem& problem);
    void walked();
    /// Tasks behind it, of how many; only of what takes long.
    void progressed(int done, int total);
    void stepShown();
    void answersShown();
    /// Something began or ended.
    void busyChanged();

private:
    void forget();
    void proceed();
    void askStep(int number);
    void askAnswers(int number);
    void askEach(int number, const std::vector<replay::QueryInfo>& queries);
    void finishAnswers(int number, Answers answers);
    gateway::ReplayProgress progress();
    void fail(const gateway::Problem& problem);

    std::shared_ptr<gateway::Replay> m_replay;
    std::shared_ptr<gateway::ReplaySession> m_session;
    std::optional<gateway::Walk> m_walk;
    bool m_walking = false;
    bool m_going = false;
    int m_number = 0;
    int m_wanted = 0;
    gateway::StepPtr m_step;
    QCache<int, gateway::StepPtr> m_steps;
    mutable QCache<int, Answers> m_answers;
    bridge::Latest m_latestOpening;
    bridge::Latest m_latestWalk;
    bridge::Latest m_latestStep;
    gateway::Request m_opening;
    gateway::Request m_walkRequest;
    std::vector<gateway::Request> m_requests;
};

}  // namespace orrery::ui::debugger
