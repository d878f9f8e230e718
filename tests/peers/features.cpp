// SPDX-License-Identifier: MIT
#include "tests/peers/features.h"

#include "core/activity/activity.h"
#include "core/workflow/composition.h"
#include "core/workflow/other_workflows.h"

namespace orrery::test {
namespace {

using namespace std::chrono_literals;
using definition::ActivityCancellationType;
using workflow::ActivityOptions;
using workflow::ApplicationFailure;
using workflow::ChildWorkflowOptions;
using workflow::RetryPolicy;
using workflow::Task;

const ActivityOptions kOnce = ActivityOptions().startToCloseTimeout(10s).retryPolicy(RetryPolicy().maximumAttempts(1));

/// Adds up what it is told until it is done.
class Listener {
public:
    Task<int> run() {
        co_await workflow::waitCondition([this] { return m_done; });
        co_await workflow::waitCondition([] { return workflow::allHandlersFinished(); });
        co_return m_sum;
    }
    void add(int number) { m_sum += number; }
    void done() { m_done = true; }
    int sum() const { return m_sum; }
    int plus(int number) const { return m_sum + number; }
    int broken() const { throw std::logic_error("the query has a bug"); }
    int addUp(int number) { return m_sum += number; }
    void validateAddUp(int number) const {
        if (number <= 0)
            throw ApplicationFailure("Only more than nothing can be added.", "TooLittle").withDetails(number);
    }
    Task<std::string> ask(std::string word) {
        m_sum += 100;
        co_return co_await workflow::execute<std::string>("echo", kOnce, word);
    }
    int refuse(int number) { throw ApplicationFailure("no", "Refused").withDetails(number); }

private:
    int m_sum = 0;
    bool m_done = false;
};

class Sleeper {
public:
    Task<int> run(int milliseconds) {
        co_await workflow::sleep(std::chrono::milliseconds(milliseconds), "a nap");
        co_return workflow::info().attempt;
    }
};

/// Starts three timers; the second one is cancelled.
class Timers {
public:
    Task<std::string> run() {
        auto first = workflow::startTimer(100ms, "first");
        auto second = workflow::startTimer(1h);
        co_await first;
        second.cancel();
        try {
            co_await second;
        } catch (const workflow::CancelledFailure&) {
            co_return "second was cancelled";
        }
        co_return "second fired";
    }
};

ActivityOptions optionsFor(const std::string& how) {
    ActivityOptions once = ActivityOptions().retryPolicy(RetryPolicy().maximumAttempts(1));
    if (how == "start to close") return once.startToCloseTimeout(300ms);
    if (how == "schedule to start")
        return once.scheduleToStartTimeout(300ms).startToCloseTimeout(5s).taskQueue("nobody");
    if (how == "schedule to close") {
        return ActivityOptions().scheduleToCloseTimeout(1500ms).retryPolicy(RetryPolicy().initialInterval(1s));
    }
    if (how == "heartbeat") return once.heartbeatTimeout(1s).startToCloseTimeout(20s);
    return ActivityOptions()
        .scheduleToCloseTimeout(30s)
        .startToCloseTimeout(10s)
        .heartbeatTimeout(5s)
        .activityId("my-id")
        .summary("with everything")
        .retryPolicy(RetryPolicy()
                         .initialInterval(100ms)
                         .backoffCoefficient(1.5)
                         .maximumInterval(200ms)
                         .maximumAttempts(3)
                         .nonRetryableErrorTypes({"Fatal"}));
}

/// Runs one activity with the options that are named; tells how it ended.
class Caller {
public:
    Task<std::string> run(std::string activity, std::string how, std::string argument) {
        try {
            co_return co_await workflow::execute<std::string>(activity, optionsFor(how), argument);
        } catch (const workflow::ActivityFailure& failure) {
            co_return "failed: " + failure.cause()->message();
        }
    }
};

/// Cancels an activity, in one of the ways.
class Canceller {
public:
    Task<std::string> run(std::string type) {
        const auto how = type == "wait"      ? ActivityCancellationType::WaitCancellationCompleted
                         : type == "abandon" ? ActivityCancellationType::Abandon
                                             : ActivityCancellationType::TryCancel;
        auto work = workflow::startActivity<std::string>(
            "until_cancelled", ActivityOptions(kOnce).heartbeatTimeout(1s).cancellationType(how));
        co_await workflow::waitCondition([this] { return m_enough; });
        work.cancel();
        try {
            co_return co_await work;
        } catch (const workflow::ActivityFailure& failure) {
            co_return "activity ended as " + failure.cause()->message();
        }
    }
    void enough() { m_enough = true; }

private:
    bool m_enough = false;
};

constexpr definition::KeywordAttribute kCustomer{"OrreryCustomer"};
constexpr definition::IntAttribute kTier{"OrreryTier"};

/// Continues as new until the round is reached; says what is still known there.
class Rounds {
public:
    Task<std::string> run(int round, int last) {
        if (round == 1) {
            workflow::upsertSearchAttributes(kTier.set(3), kCustomer.set("ada"));
            workflow::upsertMemo("note", std::string("call back first"));
        }
        co_await workflow::sleep(1ms);
        if (round < last) {
            workflow::continueAsNew(workflow::ContinueAsNewOptions().taskTimeout(7s), round + 1, last);
        }
        co_return kCustomer.in(workflow::info().searchAttributes).value_or("nobody") + " " +
            std::to_string(kTier.in(workflow::info().searchAttributes).value_or(0)) + " " +
            (workflow::info().memo.contains("note") ? "noted" : "not noted") +
            (workflow::info().memo.contains("from") ? " from" : "");
    }
};

class Upserter {
public:
    Task<> run() {
        workflow::upsertSearchAttributes(kCustomer.set("grace"), kTier.set(1));
        workflow::upsertMemo("colour", std::string("brass"));
        co_await workflow::waitCondition([this] { return m_done; });
        workflow::upsertSearchAttributes(kTier.unset());
    }
    void done() { m_done = true; }

private:
    bool m_done = false;
};

class Patched {
public:
    Task<std::string> run(std::string how) {
        if (how == "deprecated") workflow::deprecatePatch("faster");
        const bool isNew = how == "deprecated" || workflow::patched("faster");
        co_await workflow::execute<std::string>("echo", kOnce, std::string(isNew ? "new" : "old"));
        if (how == "twice" && workflow::patched("faster")) co_await workflow::sleep(1ms);
        co_return isNew ? "new" : "old";
    }
};

class Buggy {
public:
    Task<std::string> run() {
        if (Meeting::instance().bugs-- > 0) throw std::logic_error("a bug");
        co_return "healed";
    }
};

/// Fails as a run until the attempt is reached.
class Failing {
public:
    Task<std::string> run(int goodAttempt) {
        co_await workflow::sleep(1ms);
        if (workflow::info().attempt < goodAttempt) {
            throw ApplicationFailure("not yet", "NotYet").withDetails(workflow::info().attempt);
        }
        co_return "attempt " + std::to_string(workflow::info().attempt);
    }
};

/// Wants to end while a signal comes in that it has not seen.
class Closing {
public:
    Task<int> run() {
        co_await workflow::waitCondition([this] { return m_signals > 0; });
        Meeting::instance().stand();
        co_return m_signals;
    }
    void more() { ++m_signals; }

private:
    int m_signals = 0;
};

/// Does not end before it is told to, so that the script decides when.
class Child {
public:
    Task<std::string> run(std::string how) {
        std::exception_ptr cancelled;
        try {
            co_await workflow::waitCondition([this] { return m_finished; });
        } catch (const workflow::CancelledFailure&) {
            cancelled = std::current_exception();
        }
        if (cancelled) {
            co_await workflow::shielded(workflow::waitCondition([this] { return m_finished; }));
            std::rethrow_exception(cancelled);
        }
        if (how == "fail") throw ApplicationFailure("the child is sick", "Sick");
        if (how == "parent") co_return workflow::info().parent ? workflow::info().parent->workflowId : "an orphan";
        co_return m_word;
    }
    void say(std::string word) { m_word = std::move(word); }
    void finish() { m_finished = true; }

private:
    std::string m_word = "nothing";
    bool m_finished = false;
};

class Parent {
public:
    Task<std::string> run(std::string how) {
        const std::string id = workflow::info().workflowId + "-child";
        const auto options = ChildWorkflowOptions().id(id);
        try {
            if (how == "signal") co_return co_await talk(options);
            if (how == "cancel") co_return co_await cancel(options);
            co_return co_await workflow::executeChild<std::string>("child", options, how);
        } catch (const workflow::ChildWorkflowFailure& failure) {
            co_return failure.message() + ": " + failure.cause()->message();
        }
    }

    void go() { m_go = true; }

private:
    Task<std::string> talk(ChildWorkflowOptions options) {
        const auto child = co_await workflow::startChild<std::string>("child", options, std::string("wait"));
        co_await workflow::waitCondition([this] { return m_go; });
        co_await child.signal("say", std::string("hello"));
        co_return co_await child.result();
    }
    Task<std::string> cancel(ChildWorkflowOptions options) {
        const auto child = co_await workflow::startChild<std::string>("child", options, std::string("wait"));
        co_await workflow::waitCondition([this] { return m_go; });
        child.cancel();
        co_return co_await child.result();
    }

    bool m_go = false;
};

/// Ends while its child runs.
class Leaver {
public:
    Task<> run(std::string how) {
        const auto policy = how == "abandon"  ? workflow::ParentClosePolicy::Abandon
                            : how == "cancel" ? workflow::ParentClosePolicy::RequestCancel
                                              : workflow::ParentClosePolicy::Terminate;
        co_await workflow::startChild<std::string>(
            "child", ChildWorkflowOptions().id(workflow::info().workflowId + "-child").parentClosePolicy(policy),
            std::string("wait"));
        co_await workflow::waitCondition([this] { return m_go; });
    }
    void go() { m_go = true; }

private:
    bool m_go = false;
};

/// Speaks to another workflow by its id.
class Outsider {
public:
    Task<std::string> run(std::string what, std::string id) {
        const workflow::ExternalWorkflow other(id);
        try {
            if (what == "signal") co_await other.signal("add", 5);
            if (what == "cancel") co_await other.cancel("from outside");
        } catch (const workflow::Failure& failure) {
            co_return "failed: " + failure.message();
        }
        co_return "done";
    }
};

std::string echo(const std::string& word) { return word; }

std::string fail(const std::string& type) {
    throw activity::ApplicationFailure("attempt " + std::to_string(activity::info().attempt), type).withDetails(7);
}

std::string stuck(const std::string& word) {
    activity::sleep(4s);
    return word;
}

/// The second attempt goes on where the first one was.
std::string heartbeat(const std::string&) {
    if (const auto before = activity::heartbeatDetails<int>()) return "from " + std::to_string(*before);
    activity::heartbeat(42);
    throw activity::ApplicationFailure("lost", "Lost");
}

std::string untilCancelled() {
    for (;;) {
        activity::heartbeat();
        activity::sleep(100ms);
    }
}

std::string later(const std::string&) {
    Meeting::instance().leave(activity::info().taskToken);
    activity::completeLater();
}

}  // namespace

Meeting& Meeting::instance() {
    static Meeting meeting;
    return meeting;
}

void Meeting::stand() {
    std::unique_lock lock(m_mutex);
    m_stands = true;
    m_changed.notify_all();
    m_changed.wait(lock, [this] { return m_free; });
}

void Meeting::waitUntilItStands() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_stands; });
}

void Meeting::letGo() {
    const std::lock_guard lock(m_mutex);
    m_free = true;
    m_changed.notify_all();
}

void Meeting::prepare() {
    const std::lock_guard lock(m_mutex);
    m_stands = false;
    m_free = false;
}

void Meeting::leave(const std::string& taskToken) {
    const std::lock_guard lock(m_mutex);
    m_token = taskToken;
    m_changed.notify_all();
}

std::string Meeting::takeToken() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_token.empty(); });
    return std::exchange(m_token, {});
}

void registerFeatures(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities) {
    workflows.add(workflow::define<Listener>("listener")
                      .run(&Listener::run)
                      .signal("add", &Listener::add, "Adds a number")
                      .signal("done", &Listener::done)
                      .query("sum", &Listener::sum, "The sum so far")
                      .query("plus", &Listener::plus)
                      .query("broken", &Listener::broken)
                      .update("add_up", &Listener::addUp, "Adds a number above 0 and gives the sum")
                      .validator(&Listener::validateAddUp)
                      .update("ask", &Listener::ask)
                      .update("refuse", &Listener::refuse));
    workflows.add(workflow::define<Sleeper>("sleeper").run(&Sleeper::run));
    workflows.add(workflow::define<Timers>("timers").run(&Timers::run));
    workflows.add(workflow::define<Caller>("caller").run(&Caller::run));
    workflows.add(workflow::define<Canceller>("canceller").run(&Canceller::run).signal("enough", &Canceller::enough));
    workflows.add(workflow::define<Rounds>("rounds").run(&Rounds::run));
    workflows.add(workflow::define<Upserter>("upserter").run(&Upserter::run).signal("done", &Upserter::done));
    workflows.add(workflow::define<Patched>("patched").run(&Patched::run));
    workflows.add(workflow::define<Buggy>("buggy").run(&Buggy::run));
    workflows.add(workflow::define<Failing>("failing").run(&Failing::run));
    workflows.add(workflow::define<Closing>("closing").run(&Closing::run).signal("more", &Closing::more));
    workflows.add(
        workflow::define<Child>("child").run(&Child::run).signal("say", &Child::say).signal("finish", &Child::finish));
    workflows.add(workflow::define<Parent>("parent").run(&Parent::run).signal("go", &Parent::go));
    workflows.add(workflow::define<Leaver>("leaver").run(&Leaver::run).signal("go", &Leaver::go));
    workflows.add(workflow::define<Outsider>("outsider").run(&Outsider::run));
    activities.add("echo", &echo)
        .add("fail", &fail)
        .add("stuck", &stuck)
        .add("heartbeat", &heartbeat)
        .add("until_cancelled", &untilCancelled)
        .add("later", &later);
}

}  // namespace orrery::test
