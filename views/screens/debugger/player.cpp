// SPDX-License-Identifier: MIT
#include "views/screens/debugger/player.h"

#include "core/payload/render.h"
#include "views/bridge/merged.h"
#include "views/shared/text_format.h"

namespace orrery::ui::debugger {

using gateway::Outcome;
using gateway::StepPtr;
using shared::text;

namespace {

constexpr int kRemembered = 500;
/// More queries than this are no longer a state that one looks at.
constexpr size_t kMostQueries = 12;

Answer answerOf(const QString& name, const Outcome<payload::Payload>& outcome) {
    if (!outcome) return {name, text(outcome.problem().message), true};
    return {name, text(payload::renderPayload(outcome.value()).text), false};
}

}  // namespace

Player::Player(std::shared_ptr<gateway::Replay> replay, QObject* parent)
    : QObject(parent), m_replay(std::move(replay)), m_steps(kRemembered), m_answers(kRemembered) {}

Player::~Player() = default;

void Player::forget() {
    m_latestOpening.drop();
    m_latestWalk.drop();
    m_latestStep.drop();
    m_opening.drop();
    m_walkRequest.drop();
    m_requests.clear();
    m_session.reset();
    m_walk.reset();
    m_walking = m_going = false;
    m_number = m_wanted = 0;
    m_step.reset();
    m_steps.clear();
    m_answers.clear();
}

void Player::open(std::shared_ptr<const history::History> history, const std::string& workflowType) {
    forget();
    using Session = std::shared_ptr<gateway::ReplaySession>;
    m_opening = m_replay->open(std::move(history), workflowType,
                               m_latestOpening.deliver(this, [this](Outcome<Session> outcome) {
                                   if (!outcome) return fail(outcome.problem());
                                   m_session = std::move(outcome).value();
                                   Q_EMIT opened();
                               }));
}

gateway::ReplayProgress Player::progress() {
    using Place = std::pair<int, int>;
    // Guarded by the newest question: a late report of an earlier walk says nothing of this one.
    const bridge::Merged<Place> merged(this, [this](Place place) {
        if (busy()) Q_EMIT progressed(place.first, place.second);
    });
    return [sink = merged.sink()](int done, int total) { sink({done, total}); };
}

void Player::walk() {
    if (!m_session || m_walking) return;
    m_walking = true;
    Q_EMIT busyChanged();
    m_walkRequest = m_session->walk(progress(), m_latestWalk.deliver(this, [this](Outcome<gateway::Walk> outcome) {
        m_walking = false;
        Q_EMIT busyChanged();
        if (!outcome) return fail(outcome.problem());
        m_walk = std::move(outcome).value();
        Q_EMIT walked();
    }));
}

void Player::goTo(int number) {
    if (!m_session || number < 1 || number > taskCount()) return;
    m_latestStep.drop();
    m_requests.clear();
    m_wanted = number;
    m_going = true;
    Q_EMIT busyChanged();
    proceed();
}

void Player::stop() {
    m_latestWalk.drop();
    m_latestStep.drop();
    m_walkRequest.drop();
    m_requests.clear();
    m_walking = m_going = false;
    m_wanted = m_number;
    Q_EMIT busyChanged();
}

// The step first, for it is what one looks at; every question replays the run once more.
void Player::proceed() {
    if (m_number != m_wanted) {
        const StepPtr* known = m_steps.object(m_wanted);
        if (known == nullptr) return askStep(m_wanted);
        m_number = m_wanted;
        m_step = *known;
        Q_EMIT stepShown();
        Q_EMIT busyChanged();
    }
    if (answers(m_wanted) == nullptr) return askAnswers(m_wanted);
    if (m_wanted > 1 && answers(m_wanted - 1) == nullptr) return askAnswers(m_wanted - 1);
    m_going = false;
    m_requests.clear();
    Q_EMIT answersShown();
    Q_EMIT busyChanged();
}

void Player::askStep(int number) {
    m_requests.push_back(
        m_session->step(number, progress(), m_latestStep.deliver(this, [this, number](Outcome<StepPtr> outcome) {
            if (!outcome) return fail(outcome.problem());
            m_steps.insert(number, new StepPtr(std::move(outcome).value()));
            proceed();
        })));
}

void Player::askAnswers(int number) {
    using Queries = std::vector<replay::QueryInfo>;
    m_requests.push_back(
        m_session->queries(number, m_latestStep.deliver(this, [this, number](Outcome<Queries> outcome) {
            if (!outcome) return finishAnswers(number, {{}, text(outcome.problem().message)});
            askEach(number, outcome.value());
        })));
}

void Player::askEach(int number, const std::vector<replay::QueryInfo>& queries) {
    auto answers = std::make_shared<Answers>();
    std::vector<std::string> names;
    for (const replay::QueryInfo& query : queries) {
        // The dynamic handler takes any name, so there is none to ask it by; what every SDK answers is no state.
        const bool own = !query.name.empty() && !query.name.starts_with("__");
        if (own && names.size() < kMostQueries) names.push_back(query.name);
    }
    if (names.empty()) return finishAnswers(number, {});
    answers->list.resize(names.size());
    auto open = std::make_shared<size_t>(names.size());
    // One number for all of them: each is wanted, until something else is.
    auto receive = m_latestStep.wrap([this, number, answers, open](std::pair<size_t, Answer> one) {
        answers->list[one.first] = std::move(one.second);
        if (--*open == 0) finishAnswers(number, std::move(*answers));
    });
    auto done = bridge::deliver(this, std::move(receive));
    for (size_t i = 0; i < names.size(); ++i) {
        m_requests.push_back(
            m_session->query(number, names[i], {}, [done, i, name = text(names[i])](Outcome<payload::Payload> outcome) {
                done(std::pair(i, answerOf(name, outcome)));
            }));
    }
}

void Player::finishAnswers(int number, Answers answers) {
    m_answers.insert(number, new Answers(std::move(answers)));
    proceed();
}

void Player::fail(const gateway::Problem& problem) {
    m_walking = m_going = false;
    m_wanted = m_number;
    Q_EMIT busyChanged();
    Q_EMIT failed(problem);
}

}  // namespace orrery::ui::debugger
