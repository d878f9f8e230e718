// SPDX-License-Identifier: MIT
#include "core/workflow/runtime.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/spell_duration.h"
#include "core/payload/failure.h"

namespace orrery::workflow {
namespace {

using base::Error;
using base::ErrorCode;
namespace command = definition::command;

thread_local Runtime* t_current = nullptr;

}  // namespace

void throwNeverAsked(const char* what, Seq seq) {
    throw Error(ErrorCode::Internal, std::string(what) + " " + std::to_string(seq) +
                                         " was resolved, but the code never asked for it. Did the workflow's code "
                                         "change while runs were open?");
}

Runtime::Runtime(payload::DataConverter converter) : m_converter(std::move(converter)) {
    m_scheduler.onPredicates([this](bool running) { m_readOnly = running ? "wait condition" : ""; });
}

Runtime::~Runtime() {
    const Entry entry(*this);
    m_closing = true;
    m_scheduler.clear();
    // Members of the workflow object may hold futures longer than this.
    for (const auto& [seq, timer] : m_timers) timer->onCancel(nullptr);
    for (const auto& [seq, activity] : m_activities) activity->onCancel(nullptr);
    for (const auto& [seq, child] : m_children) child.result->onCancel(nullptr);
    for (const auto& [seq, sent] : m_signals) sent->onCancel(nullptr);
}

Runtime& Runtime::current() {
    if (!t_current) {
        throw Error(ErrorCode::FailedPrecondition,
                    "Functions of orrery::workflow can be called only by the code of a running workflow.");
    }
    return *t_current;
}

Runtime::Entry::Entry(Runtime& runtime) : m_before(std::exchange(t_current, &runtime)) {}

Runtime::Entry::~Entry() { t_current = m_before; }

Runtime::ReadOnly::ReadOnly(Runtime& runtime, std::string who)
    : m_runtime(runtime), m_before(std::exchange(runtime.m_readOnly, std::move(who))) {}

Runtime::ReadOnly::~ReadOnly() { m_runtime.m_readOnly = m_before; }

void Runtime::beginActivation(const definition::Activation& activation) {
    m_now = activation.time;
    m_replaying = activation.isReplaying;
    m_scheduler.observe(activation.observed);
    m_info.runId = activation.runId;
    m_info.historyLength = activation.historyLength;
    m_info.historySizeBytes = activation.historySizeBytes;
    m_info.continueAsNewSuggested = activation.continueAsNewSuggested;
}

std::vector<Command> Runtime::takeCommands() { return std::exchange(m_commands, {}); }

std::vector<std::source_location> Runtime::takeSources() { return std::exchange(m_sources, {}); }

void Runtime::requireWritable(std::string_view action) const {
    if (m_readOnly.empty()) return;
    throw Error(ErrorCode::FailedPrecondition, "The " + m_readOnly + " tried to " + std::string(action) +
                                                   ", but may only read the state of the workflow.");
}

void Runtime::issue(Command command, const std::source_location& source) {
    if (m_closing) return;
    requireWritable("issue the command " + std::string(definition::commandName(command)));
    if (observed()) m_sources.push_back(source.line() > 0 ? source : m_scheduler.ownLine());
    m_commands.push_back(std::move(command));
}

bool Runtime::openScope(FutureCore& state) {
    const ScopeState& scope = *m_scheduler.scope();
    if (!scope.isCancelled()) return true;
    state.fail(scope.cancellation());
    return false;
}

void Runtime::bindToScope(const std::shared_ptr<FutureCore>& state) {
    state->bindTo(ScopeRegistration(m_scheduler.scope(), [weak = std::weak_ptr(state)] {
        if (const auto future = weak.lock()) future->cancel();
    }));
}

Future<void> Runtime::startTimer(Duration duration, const std::string& summary, const std::source_location& source) {
    requireWritable("start a timer");
    auto state = std::make_shared<FutureState<void>>();
    if (!openScope(*state)) return Future<void>(state);
    const Seq seq = ++m_lastTimer;
    command::StartTimer start;
    start.seq = seq;
    start.startToFire = duration;
    start.summary = summary;
    issue(std::move(start), source);
    if (observed()) state->name(fmt::format("timer {}", base::spellDuration(duration)));
    m_timers.emplace(seq, state);
    state->onCancel([this, seq] {
        const auto found = m_timers.find(seq);
        if (found == m_timers.end()) return;
        const auto timer = std::move(found->second);
        m_timers.erase(found);
        issue(command::CancelTimer{seq});
        timer->fail(std::make_exception_ptr(payload::CancelledFailure("Timer cancelled")));
    });
    bindToScope(state);
    return Future<void>(state);
}

void Runtime::fireTimer(Seq seq) {
    const auto found = m_timers.find(seq);
    if (found == m_timers.end()) {
        // A cancellation that came in the same activation was quicker; the engine drops the command it led to.
        if (seq <= m_lastTimer) return;
        throwNeverAsked("Timer", seq);
    }
    const auto timer = std::move(found->second);
    m_timers.erase(found);
    timer->set({});
}

void Runtime::scheduleActivity(command::ScheduleActivity schedule, const std::shared_ptr<FutureCore>& state,
                               const std::source_location& source) {
    requireWritable("schedule the activity '" + schedule.activityType + "'");
    if (!openScope(*state)) return;
    const Seq seq = ++m_lastActivity;
    schedule.seq = seq;
    if (schedule.options.activityId().empty()) schedule.options.activityId(std::to_string(seq));
    if (schedule.options.taskQueue().empty()) schedule.options.taskQueue(m_info.taskQueue);
    if (observed()) state->name("activity " + schedule.activityType);
    issue(std::move(schedule), source);
    m_activities.emplace(seq, state);
    state->onCancel([this, seq] {
        if (m_activities.contains(seq)) issue(command::RequestCancelActivity{seq});
    });
    bindToScope(state);
}

void Runtime::resolveActivity(Seq seq, const definition::Resolution& result) {
    const auto found = m_activities.find(seq);
    if (found == m_activities.end()) throwNeverAsked("Activity", seq);
    const auto activity = std::move(found->second);
    m_activities.erase(found);
    resolve(*activity, result);
}

void Runtime::resolve(FutureCore& future, const definition::Resolution& result) const {
    if (const auto* completed = std::get_if<definition::Completed>(&result)) {
        future.complete(completed->result, m_converter);
    } else if (const auto* failed = std::get_if<definition::Failed>(&result)) {
        future.fail(payload::failureException(failed->failure));
    } else if (const auto* cancelled = std::get_if<definition::Cancelled>(&result)) {
        future.fail(payload::failureException(cancelled->failure));
    } else {
        throw Error(ErrorCode::Internal, "Only a local activity can ask for a back-off timer.");
    }
}

bool Runtime::patched(const std::string& id, bool deprecated, const std::source_location& source) {
    requireWritable("ask for the patch '" + id + "'");
    const auto asked = m_askedPatches.find(id);
    if (asked != m_askedPatches.end()) return asked->second;
    const bool use = !m_replaying || m_knownPatches.contains(id);
    m_askedPatches.emplace(id, use);
    if (use) issue(command::SetPatchMarker{id, deprecated}, source);
    return use;
}

}  // namespace orrery::workflow
