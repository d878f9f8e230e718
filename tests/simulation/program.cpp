// SPDX-License-Identifier: MIT
#include "tests/simulation/program.h"

#include "core/definition/search_attributes.h"
#include "core/workflow/composition.h"
#include "core/workflow/other_workflows.h"
#include "core/workflow/registry.h"
#include "tests/simulation/script.h"

namespace orrery::simulation {
namespace {

using namespace std::chrono_literals;
using workflow::ActivityOptions;
using workflow::ChildWorkflowOptions;
using workflow::Future;
using workflow::Task;

constexpr int kMostGenerations = 3;

workflow::RetryPolicy attempts(int most) {
    return workflow::RetryPolicy().maximumAttempts(most).nonRetryableErrorTypes({"Hopeless"});
}

ActivityOptions activityOptions(int number) {
    using Cancellation = definition::ActivityCancellationType;
    switch (number) {
        case 0: return ActivityOptions().startToCloseTimeout(10s);
        case 1: return ActivityOptions().startToCloseTimeout(5s).retryPolicy(attempts(3));
        case 2: return ActivityOptions().scheduleToCloseTimeout(12s);
        case 3: return ActivityOptions().startToCloseTimeout(20s).heartbeatTimeout(4s).retryPolicy(attempts(2));
        case 4: return ActivityOptions().startToCloseTimeout(8s).scheduleToStartTimeout(3s).retryPolicy(attempts(2));
        case 5: return ActivityOptions().startToCloseTimeout(3s).retryPolicy(attempts(4).backoffCoefficient(3.0));
        case 6:
            return ActivityOptions()
                .startToCloseTimeout(15s)
                .heartbeatTimeout(5s)
                .cancellationType(Cancellation::WaitCancellationCompleted)
                .retryPolicy(attempts(2));
        case 7: return ActivityOptions().startToCloseTimeout(6s).cancellationType(Cancellation::Abandon);
        case 8: return ActivityOptions().startToCloseTimeout(6s).retryPolicy(attempts(1));
        default:
            return ActivityOptions().scheduleToCloseTimeout(30s).startToCloseTimeout(4s).retryPolicy(
                attempts(5).initialInterval(2s).maximumInterval(3s));
    }
}

ChildWorkflowOptions childOptions(int number, const std::string& id) {
    using Cancellation = workflow::ChildWorkflowCancellationType;
    ChildWorkflowOptions options;
    options.id(id);
    switch (number) {
        case 0: return options;
        case 1: return options.parentClosePolicy(workflow::ParentClosePolicy::Abandon);
        case 2: return options.parentClosePolicy(workflow::ParentClosePolicy::RequestCancel);
        case 3: return options.runTimeout(15s).retryPolicy(attempts(2));
        case 4: return options.executionTimeout(25s).cancellationType(Cancellation::TryCancel);
        case 5: return options.id("w1").parentClosePolicy(workflow::ParentClosePolicy::Abandon);
        case 6: return options.cancellationType(Cancellation::WaitCancellationRequested);
        default: return options.cancellationType(Cancellation::Abandon).retryPolicy(attempts(2).initialInterval(3s));
    }
}

/// A cancellation passes; any other failure of what was called is part of the program.
void letCancellationPass(const workflow::Failure& failure) {
    if (workflow::isCancelRequested() || dynamic_cast<const workflow::CancelledFailure*>(&failure) != nullptr) throw;
}

template <bool kPatched>
class Program {
public:
    Task<std::string> run(std::string script, std::string seen, int generation) {
        m_script = script;
        m_steps = parseScript(m_script);
        m_seen = seen + m_seen;
        m_generation = generation;
        std::exception_ptr cancelled;
        try {
            co_await steps(m_steps);
        } catch (const workflow::CancelledFailure&) {
            cancelled = std::current_exception();
        }
        if (cancelled) {
            if (m_script.size() % 3 == 0) co_await workflow::shielded(activity(1));
            std::rethrow_exception(cancelled);
        }
        if (m_script.size() % 2 == 0) co_await workflow::waitCondition([] { return workflow::allHandlersFinished(); });
        co_return m_seen;
    }

    void note(std::string id) {
        ++m_signals;
        m_seen += id + ",";
    }
    Task<void> slowly(std::string) {
        co_await workflow::sleep(2s);
        ++m_signals;
    }
    void release() { m_released = true; }

    void check(std::string, int how) const {
        if (how == 0) throw workflow::ApplicationFailure("not now", "Rejected");
    }
    Task<std::string> update(std::string id, int how) {
        if (how == 1) co_await workflow::sleep(2s);
        if (how == 2) co_await activity(1);
        if (how == 3) throw workflow::ApplicationFailure("no", "Refused");
        co_return id;
    }
    std::string seen() const { return m_seen; }

private:
    Task<void> steps(const Steps& all) {
        for (const Step& step : all) co_await one(step);
    }

    Task<void> one(const Step& step) {
        switch (step.word) {
            case 'A': return activity(step.number);
            case 'a': m_background.push_back(workflow::start(activity(step.number))); break;
            case 'T': return workflow::sleep(std::chrono::seconds(step.number));
            case 't': m_background.push_back(workflow::startTimer(std::chrono::seconds(step.number))); break;
            case 'S': return workflow::waitCondition([this, n = step.number] { return m_released || m_signals >= n; });
            case 's': return aSignal(step.number);
            case 'J': return join();
            case '[': return both(step);
            case '{': return either(step);
            case 'X': return cancelled(step);
            case 'C': return child(step);
            case 'c': m_background.push_back(workflow::start(child(step))); break;
            case 'G': return toOther(step.number, false);
            case 'K': return toOther(step.number, true);
            case 'P': return patch(step.number);
            case 'M': workflow::upsertMemo("step", int(step.begin)); break;
            case 'V': workflow::upsertSearchAttributes(kStep.set(int64_t(step.begin))); break;
            case 'L': return locally();
            case 'D': return waitAtRandom();
            case 'B': return burst(step.number);
            case 'N': continueWith(step); break;
            case 'F': throw workflow::ApplicationFailure("the script says so", "Scripted");
            case 'f': throw workflow::ApplicationFailure("the script says so", "Hopeless");
            default: throw workflow::ApplicationFailure("unknown word", "Hopeless").nonRetryable();
        }
        return nothing();
    }

    static Task<void> nothing() { co_return; }

    static Task<void> activity(int number) {
        try {
            co_await workflow::execute<std::string>("work", activityOptions(number), number);
        } catch (const workflow::Failure& failure) {
            letCancellationPass(failure);
        }
    }

    Task<void> aSignal(int seconds) {
        co_await workflow::waitCondition([this, had = m_signals] { return m_released || m_signals > had; },
                                         std::chrono::seconds(seconds));
    }

    Task<void> join() {
        const auto background = std::move(m_background);
        m_background.clear();
        for (const Future<void>& each : background) {
            try {
                co_await each;
            } catch (const workflow::Failure& failure) {
                letCancellationPass(failure);
            }
        }
    }

    Task<void> both(const Step& step) { co_await workflow::all(steps(step.parts[0]), steps(step.parts[1])); }

    Task<void> either(const Step& step) {
        std::vector<Task<void>> tasks;
        for (const Steps& part : step.parts) tasks.push_back(steps(part));
        co_await workflow::race(std::move(tasks));
    }

    Task<void> cancelled(const Step& step) {
        const workflow::CancelScope scope;
        const Future<void> body = workflow::start(scope.run(steps(step.parts[0])));
        const Future<void> timer = workflow::startTimer(std::chrono::seconds(step.number));
        if (co_await workflow::any(body, timer) == 0) {
            timer.cancel();
        } else {
            scope.cancel("the scope's time is over");
        }
        try {
            co_await body;
        } catch (const workflow::Failure&) {
            if (workflow::isCancelRequested()) throw;
        }
    }

    Task<void> child(const Step& step) {
        const std::string id = workflow::info().workflowId + "." + std::to_string(++m_children);
        const std::string inner = m_script.substr(step.begin, step.end - step.begin);
        const size_t open = inner.find('(');
        try {
            co_await workflow::executeChild<std::string>(kProgram, childOptions(step.number, id),
                                                         inner.substr(open + 1, inner.size() - open - 2), std::string(),
                                                         m_generation + 1);
        } catch (const workflow::Failure& failure) {
            letCancellationPass(failure);
        }
    }

    Task<void> toOther(int number, bool cancel) {
        const workflow::ExternalWorkflow other("w" + std::to_string(number));
        try {
            if (cancel) {
                co_await other.cancel("the script says so");
            } else {
                co_await other.signal("slowly", std::string("from another"));
            }
        } catch (const workflow::Failure& failure) {
            letCancellationPass(failure);
        }
    }

    Task<void> patch(int number) {
        if constexpr (kPatched) {
            if (workflow::patched("patch-" + std::to_string(number))) co_await activity(0);
        }
        co_await workflow::sleep(1s);
    }

    Task<void> locally() {
        // Shared: a cancelled wait ends this coroutine before the other.
        const auto ready = std::make_shared<bool>(false);
        const Future<void> other = workflow::start(setLater(ready));
        co_await workflow::waitCondition([ready] { return *ready; });
        co_await other;
    }
    static Task<void> setLater(std::shared_ptr<bool> ready) {
        co_await workflow::sleep(0s);
        *ready = true;
    }

    static Task<void> waitAtRandom() {
        co_await workflow::sleep(std::chrono::milliseconds(workflow::random().between(1, 3000)));
    }

    static Task<void> burst(int number) {
        std::vector<Task<void>> timers;
        for (int i = 0; i < number; ++i) timers.push_back(workflow::sleep(1s));
        co_await workflow::all(std::move(timers));
    }

    /// The run that follows goes on where this one was, if it stood in no branch.
    void continueWith(const Step& step) {
        if (m_generation >= kMostGenerations || !workflow::allHandlersFinished()) return;
        const bool outermost = !m_steps.empty() && &step >= m_steps.data() && &step < m_steps.data() + m_steps.size();
        if (outermost) workflow::continueAsNew(m_script.substr(step.end), m_seen, m_generation + 1);
    }

    static constexpr definition::IntAttribute kStep{"Step"};

    std::string m_script;
    Steps m_steps;
    std::string m_seen;
    int m_generation = 0;
    int m_signals = 0;
    int m_children = 0;
    bool m_released = false;
    std::vector<Future<void>> m_background;
};

template <bool kPatched>
std::shared_ptr<const definition::WorkflowFactory> make() {
    using Code = Program<kPatched>;
    auto registry = std::make_shared<workflow::WorkflowRegistry>();
    registry->add(workflow::define<Code>(kProgram)
                      .run(&Code::run)
                      .signal("note", &Code::note)
                      .signal("slowly", &Code::slowly)
                      .signal("release", &Code::release)
                      .query("seen", &Code::seen)
                      .update("update", &Code::update)
                      .validator(&Code::check));
    return registry;
}

}  // namespace

std::shared_ptr<const definition::WorkflowFactory> programs(bool patched) {
    return patched ? make<true>() : make<false>();
}

}  // namespace orrery::simulation
