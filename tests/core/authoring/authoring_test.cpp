// SPDX-License-Identifier: MIT
// The authoring guide's cases on the embedded server: code, worker, wire, history and back.
#include <QTest>
#include <atomic>

#include "core/activity/activity.h"
#include "core/activity/registry.h"
#include "core/workflow/composition.h"
#include "core/workflow/other_workflows.h"
#include "core/workflow/registry.h"
#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include <temporal/api/history/v1/message.pb.h>
#include <temporal/api/operatorservice/v1/request_response.pb.h>

#include "core/testing/workflow_environment.h"
#include "core/worker/worker.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::text;
using workflow::ActivityOptions;
using workflow::ApplicationFailure;
using workflow::RetryPolicy;
using workflow::Task;

namespace {

const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);

class Options {
public:
    Task<> run() {
        co_await workflow::execute("nothing", ActivityOptions()
                                                  .scheduleToCloseTimeout(40s)
                                                  .scheduleToStartTimeout(30s)
                                                  .startToCloseTimeout(20s)
                                                  .heartbeatTimeout(10s)
                                                  .activityId("my-id")
                                                  .summary("all of them")
                                                  .retryPolicy(RetryPolicy()
                                                                   .initialInterval(2s)
                                                                   .backoffCoefficient(3)
                                                                   .maximumInterval(50s)
                                                                   .maximumAttempts(7)
                                                                   .nonRetryableErrorTypes({"Bad", "Worse"})));
        co_await workflow::sleep(5s, "a nap");
    }
};

class Catching {
public:
    Task<std::string> run(std::string activity) {
        try {
            co_await workflow::execute(
                activity, ActivityOptions(kQuick).retryPolicy(RetryPolicy().maximumAttempts(2).initialInterval(1min)));
        } catch (const workflow::ActivityFailure& failure) {
            const auto* cause = failure.find<ApplicationFailure>();
            co_return cause ? cause->type() + " " + std::to_string(std::get<0>(cause->details<int>())) : "no cause";
        }
        co_return "no failure";
    }
};

class Uncaught {
public:
    Task<> run() {
        co_await workflow::sleep(1s);
        throw ApplicationFailure("nothing left", "OutOfStock")
            .withDetails(9)
            .causedBy(ApplicationFailure("inner", "Inner"));
    }
};

/// Its first tasks fail, as those of a worker with a bug do; a better one heals it.
std::atomic<int> s_bugs = 0;
class Buggy {
public:
    Task<std::string> run() {
        if (s_bugs-- > 0) throw std::logic_error("bug");
        co_return "healed";
    }
};

class Looping {
public:
    Task<int> run(int round, int total) {
        co_await workflow::sleep(1h);
        if (round < 4) workflow::continueAsNew(round + 1, total + round);
        co_return total;
    }
};

class FanOut {
public:
    Task<int> run(int count) {
        std::vector<Task<int>> tasks;
        for (int each = 1; each <= count; ++each) tasks.push_back(piece(each));
        int sum = 0;
        for (const int each : co_await workflow::all(std::move(tasks))) sum += each;
        co_return sum;
    }

private:
    Task<int> piece(int number) {
        const auto turn = co_await m_slots.acquire();
        co_return co_await workflow::execute<int>("double", kQuick, number);
    }
    workflow::Semaphore m_slots{5};
};

class Account {
public:
    Task<int> run() {
        co_await workflow::waitCondition([this] { return m_closed && workflow::allHandlersFinished(); });
        co_return m_balance;
    }
    Task<int> transfer(int amount) {
        const auto turn = co_await m_mutex.acquire();
        const int before = m_balance;
        m_balance = before + co_await workflow::execute<int>("double", kQuick, amount);
        co_return m_balance;
    }
    void validate(int amount) const {
        if (amount <= 0) throw ApplicationFailure("An amount is more than nothing.", "BadAmount");
    }
    void close() { m_closed = true; }

private:
    int m_balance = 0;
    bool m_closed = false;
    workflow::Mutex m_mutex;
};

class Facts {
public:
    Task<std::vector<std::string>> run() {
        std::vector<std::string> facts = {workflow::info().workflowId, workflow::info().workflowType,
                                          workflow::info().taskQueue, workflow::uuid4()};
        co_await workflow::sleep(1min);
        facts.push_back(workflow::uuid4());
        co_return facts;
    }
};

class CancelWaiting {
public:
    Task<std::string> run() {
        try {
            co_await workflow::execute("until_cancelled",
                                       ActivityOptions(kQuick).heartbeatTimeout(500ms).cancellationType(
                                           definition::ActivityCancellationType::WaitCancellationCompleted));
        } catch (const workflow::ActivityFailure& failure) {
            co_return payload::isCancellation(failure) ? "activity was cancelled" : "activity failed";
        }
        co_return "activity completed";
    }
};

constexpr definition::Workflow<int(int)> kRecursion{"recursion"};
class Recursion {
public:
    Task<int> run(int depth) {
        if (depth == 0) co_return 0;
        co_return 1 + co_await workflow::execute(kRecursion, workflow::ChildWorkflowOptions(), depth - 1);
    }
};

class Child {
public:
    Task<std::string> run(std::string how) {
        if (how == "fail") throw ApplicationFailure("child is sick", "Sick");
        co_await workflow::waitCondition([this] { return !m_word.empty(); });
        co_return m_word;
    }
    void say(std::string word) { m_word = std::move(word); }

private:
    std::string m_word;
};

class Parent {
public:
    Task<std::string> run(std::string how) {
        const auto named = [](const char* id) { return workflow::ChildWorkflowOptions().id(id); };
        if (how == "signal") {
            const auto child =
                co_await workflow::startChild<std::string>("child", named("talker"), std::string("wait"));
            co_await child.signal("say", std::string("hello"));
            co_return co_await child.result();
        }
        if (how == "external") {
            const auto child = co_await workflow::startChild<std::string>("child", named("other"), std::string("wait"));
            co_await workflow::ExternalWorkflow("other").signal("say", std::string("from outside"));
            co_return co_await child.result();
        }
        try {
            if (how == "cancel") {
                const auto child =
                    co_await workflow::startChild<std::string>("child", named("idle"), std::string("wait"));
                child.cancel();
                co_return co_await child.result();
            }
            if (how == "nobody") co_await workflow::ExternalWorkflow("nobody").signal("say", std::string("x"));
            co_return co_await workflow::executeChild<std::string>("child", named("sick"), std::string("fail"));
        } catch (const workflow::ChildWorkflowFailure& failure) {
            co_return failure.workflowId() + (payload::isCancellation(failure) ? " cancelled" : " failed: ") +
                (payload::isCancellation(failure) ? "" : failure.cause()->message());
        } catch (const ApplicationFailure& failure) {
            co_return failure.type();
        }
    }
};

constexpr definition::KeywordAttribute kCustomer{"CustomStringField"};
constexpr definition::IntAttribute kTier{"CustomIntField"};
class Found {
public:
    Task<> run() {
        workflow::upsertSearchAttributes(kCustomer.set("ada"), kTier.set(3));
        workflow::upsertMemo("note", std::string("call back first"));
        co_await workflow::sleep(1min);
        workflow::upsertSearchAttributes(kTier.unset());
        if (kCustomer.in(workflow::info().searchAttributes) != "ada") throw std::logic_error("customer is lost");
        if (kTier.in(workflow::info().searchAttributes)) throw std::logic_error("tier is still there");
    }
};

/// What the code was when the run began, and what it is now.
std::atomic<bool> s_newCode = false;
class Changed {
public:
    Task<std::string> run() {
        std::string path;
        if (s_newCode && workflow::patched("doubled")) {
            path = "new" + std::to_string(co_await workflow::execute<int>("double", kQuick, 4));
        } else {
            co_await workflow::execute("nothing", kQuick);
            path = "old";
        }
        co_await workflow::waitCondition([this] { return m_go; });
        if (s_newCode && workflow::patched("doubled")) path += " again";
        co_return path;
    }
    void go() { m_go = true; }

private:
    bool m_go = false;
};

/// Cancelling an order by a signal that itself does work, as the guide shows it.
class Ordered {
public:
    Task<std::string> run() {
        co_await workflow::waitCondition([this] { return !m_stage.empty() && workflow::allHandlersFinished(); });
        co_return m_stage;
    }
    Task<> cancelOrder(int amount) {
        m_stage = "cancelling";
        const int refund = co_await workflow::execute<int>("double", kQuick, amount);
        m_stage = "refunded " + std::to_string(refund);
    }

private:
    std::string m_stage;
};

void registerAll(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities) {
    workflows.add(workflow::define<Options>("options").run(&Options::run));
    workflows.add(workflow::define<Catching>("catching").run(&Catching::run));
    workflows.add(workflow::define<Uncaught>("uncaught").run(&Uncaught::run));
    workflows.add(workflow::define<Buggy>("buggy").run(&Buggy::run));
    workflows.add(workflow::define<Looping>("looping").run(&Looping::run));
    workflows.add(workflow::define<FanOut>("fan_out").run(&FanOut::run));
    workflows.add(workflow::define<Account>("account")
                      .run(&Account::run)
                      .signal("close", &Account::close)
                      .update("transfer", &Account::transfer)
                      .validator(&Account::validate));
    workflows.add(workflow::define<Facts>("facts").run(&Facts::run));
    workflows.add(workflow::define<CancelWaiting>("cancel_waiting").run(&CancelWaiting::run));
    workflows.add(workflow::define<Recursion>(kRecursion).run(&Recursion::run));
    workflows.add(workflow::define<Child>("child").run(&Child::run).signal("say", &Child::say));
    workflows.add(workflow::define<Parent>("parent").run(&Parent::run));
    workflows.add(workflow::define<Found>("found").run(&Found::run));
    workflows.add(workflow::define<Changed>("changed").run(&Changed::run).signal("go", &Changed::go));
    workflows.add(
        workflow::define<Ordered>("ordered").run(&Ordered::run).signal("cancel_order", &Ordered::cancelOrder));
    activities.add("nothing", [] {});
    activities.add("double", [](int number) { return 2 * number; });
    activities.add("declines", [] {
        throw activity::ApplicationFailure("declined", "Declined").withDetails(activity::info().attempt);
    });
    activities.add("refuses", [] {
        throw activity::ApplicationFailure("refused", "Refused").withDetails(activity::info().attempt).nonRetryable();
    });
    activities.add("until_cancelled", [] {
        while (true) {
            activity::heartbeat();
            activity::sleep(10ms);
        }
    });
}

}  // namespace

class AuthoringTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();
    void optionsReachTheHistory();
    void activityFailuresAreCaught();
    void uncaughtFailureFailsTheRun();
    void bugsHeal();
    void continueAsNew();
    void fanOutWithLimit();
    void updatesUnderAMutex();
    void rejectedUpdateLeavesNoEvent();
    void factsReplay();
    void cancellationIsAwaited();
    void upserts();
    void patches();
    void coroutineSignal();
    void childrenOfChildren();
    void childrenAndOthers_data();
    void childrenAndOthers();

private:
    client::WorkflowHandle start(const std::string& type, const auto&... arguments) {
        return m_environment->client().startWorkflow(
            type, definition::StartWorkflowOptions().id(type + "-1").taskQueue("guide"), arguments...);
    }
    void startWorker(int cacheSize) {
        auto workflows = std::make_shared<workflow::WorkflowRegistry>();
        auto activities = std::make_shared<activity::ActivityRegistry>();
        registerAll(*workflows, *activities);
        worker::WorkerOptions options;
        options.taskQueue = "guide";
        options.cacheSize = cacheSize;
        m_worker =
            std::make_unique<worker::Worker>(m_environment->client().connection(), workflows, activities, options);
        m_worker->start();
    }

    void addSearchAttributes() const;

    std::unique_ptr<testing::WorkflowEnvironment> m_environment;
    std::unique_ptr<worker::Worker> m_worker;
};

void AuthoringTest::initTestCase_data() {
    QTest::addColumn<int>("cacheSize");
    QTest::newRow("cached runs") << 100;
    // Every task replays the run from its start, which finds whatever does not replay.
    QTest::newRow("replayed runs") << 0;
}

void AuthoringTest::init() {
    QFETCH_GLOBAL(int, cacheSize);
    m_environment = std::make_unique<testing::WorkflowEnvironment>(testing::WorkflowEnvironment::startTimeSkipping());
    addSearchAttributes();
    startWorker(cacheSize);
}

void AuthoringTest::cleanup() {
    m_worker.reset();
    m_environment.reset();
}

void AuthoringTest::optionsReachTheHistory() {
    const auto handle = start("options");
    handle.resultPayloads();
    QString scheduled, timer;
    const auto history = handle.history();
    for (size_t index = 0; index < history->size(); ++index) {
        const auto event = (*history)[index];
        if (event.typeName() == "ActivityTaskScheduled") scheduled = text(event.json());
        if (event.typeName() == "TimerStarted") timer = text(event.json());
    }
    for (const char* part :
         {"\"activityId\":\"my-id\"", "\"scheduleToCloseTimeout\":\"40s\"", "\"scheduleToStartTimeout\":\"30s\"",
          "\"startToCloseTimeout\":\"20s\"", "\"heartbeatTimeout\":\"10s\"", "\"initialInterval\":\"2s\"",
          "\"backoffCoefficient\":3", "\"maximumInterval\":\"50s\"", "\"maximumAttempts\":7", "[\"Bad\",\"Worse\"]",
          "\"name\":\"guide\"", "userMetadata"}) {
        QVERIFY2(scheduled.contains(part), qPrintable(QString(part) + " in " + scheduled));
    }
    QVERIFY2(timer.contains("\"startToFireTimeout\":\"5s\"") && timer.contains("userMetadata"), qPrintable(timer));
}

void AuthoringTest::activityFailuresAreCaught() {
    QCOMPARE(text(start("catching", std::string("declines")).result<std::string>()), QString("Declined 2"));
    QCOMPARE(text(start("catching", std::string("refuses")).result<std::string>()), QString("Refused 1"));
}

void AuthoringTest::uncaughtFailureFailsTheRun() {
    try {
        start("uncaught").resultPayloads();
        QFAIL("the run did not fail");
    } catch (const client::WorkflowFailedError& error) {
        const auto* failure = dynamic_cast<const ApplicationFailure*>(error.cause().get());
        QVERIFY(failure);
        QCOMPARE(text(failure->type()), QString("OutOfStock"));
        QCOMPARE(std::get<0>(failure->details<int>()), 9);
        QCOMPARE(text(failure->cause()->message()), QString("inner"));
    }
}

void AuthoringTest::bugsHeal() {
    s_bugs = 1;
    const auto handle = start("buggy");
    QCOMPARE(text(handle.result<std::string>()), QString("healed"));
    QVERIFY(m_worker->counters().workflowTasksFailed >= 1);
}

void AuthoringTest::continueAsNew() {
    const auto handle = start("looping", 1, 0);
    QCOMPARE(handle.result<int>(), 6);
    QVERIFY(handle.describe().execution.runId != handle.runId());
}

void AuthoringTest::fanOutWithLimit() { QCOMPARE(start("fan_out", 30).result<int>(), 30 * 31); }

void AuthoringTest::updatesUnderAMutex() {
    const auto handle = start("account");
    std::vector<client::UpdateHandle> updates;
    for (int amount = 1; amount <= 10; ++amount) updates.push_back(handle.startUpdate("transfer", amount));
    int last = 0;
    for (const auto& update : updates) last = std::max(last, update.result<int>());
    QCOMPARE(last, 110);
    handle.signal("close");
    QCOMPARE(handle.result<int>(), 110);
}

void AuthoringTest::rejectedUpdateLeavesNoEvent() {
    const auto handle = start("account");
    handle.executeUpdate<int>("transfer", 1);
    const auto before = handle.history()->size();
    try {
        handle.executeUpdate<int>("transfer", 0);
        QFAIL("the update was accepted");
    } catch (const client::UpdateFailedError& error) {
        QCOMPARE(text(error.cause()->message()), QString("An amount is more than nothing."));
    }
    QCOMPARE(handle.history()->size(), before);
}

void AuthoringTest::factsReplay() {
    const auto facts = start("facts").result<std::vector<std::string>>();
    QCOMPARE(text(facts.at(0) + facts.at(1) + facts.at(2)), QString("facts-1factsguide"));
    QVERIFY(facts.at(3) != facts.at(4));
    QFETCH_GLOBAL(int, cacheSize);
    if (cacheSize == 0) QVERIFY(m_worker->counters().replays >= 1);
}

void AuthoringTest::cancellationIsAwaited() {
    const auto handle = start("cancel_waiting");
    QTRY_VERIFY_WITH_TIMEOUT(m_worker->counters().heartbeatsSent > 0, 20000);
    handle.cancel();
    QCOMPARE(text(handle.result<std::string>()), QString("activity was cancelled"));
}

/// A namespace has to know the attributes that a workflow upserts.
void AuthoringTest::addSearchAttributes() const {
    namespace ops = temporal::api::operatorservice::v1;
    ops::AddSearchAttributesRequest request;
    request.set_namespace_("default");
    auto& attributes = *request.mutable_search_attributes();
    attributes["CustomStringField"] = temporal::api::enums::v1::INDEXED_VALUE_TYPE_KEYWORD;
    attributes["CustomIntField"] = temporal::api::enums::v1::INDEXED_VALUE_TYPE_INT;
    m_environment->client().connection()->callAndWait<ops::AddSearchAttributesResponse>(
        "/temporal.api.operatorservice.v1.OperatorService/AddSearchAttributes", request);
}

void AuthoringTest::upserts() {
    const auto handle = start("found");
    handle.resultPayloads();
    QStringList lines;
    const auto history = handle.history();
    for (size_t index = 0; index < history->size(); ++index) {
        const auto event = (*history)[index];
        if (event.typeName().starts_with("Upsert") || event.typeName().ends_with("Modified"))
            lines << text(event.json());
    }
    QCOMPARE(lines.size(), 3);
    QVERIFY2(lines[0].contains("CustomStringField") && lines[0].contains("CustomIntField"), qPrintable(lines[0]));
    QVERIFY2(lines[1].contains("note"), qPrintable(lines[1]));
    QVERIFY2(!lines[2].contains("CustomStringField") && lines[2].contains("CustomIntField"), qPrintable(lines[2]));
}

void AuthoringTest::patches() {
    QFETCH_GLOBAL(int, cacheSize);
    s_newCode = false;
    const auto before = start("changed");
    QTRY_VERIFY_WITH_TIMEOUT(before.history()->size() >= 10, 20000);
    // The worker is replaced by one with the new code: the open run, having passed the patch once, keeps to the old
    // way.
    m_worker.reset();
    s_newCode = true;
    startWorker(cacheSize);
    before.signal("go");
    QCOMPARE(text(before.result<std::string>()), QString("old"));

    const auto after = start("changed");
    after.signal("go");
    QCOMPARE(text(after.result<std::string>()), QString("new8 again"));
}

void AuthoringTest::coroutineSignal() {
    const auto handle = start("ordered");
    handle.signal("cancel_order", 21);
    QCOMPARE(text(handle.result<std::string>()), QString("refunded 42"));
}

void AuthoringTest::childrenOfChildren() { QCOMPARE(start("recursion", 5).result<int>(), 5); }

void AuthoringTest::childrenAndOthers_data() {
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("result");
    QTest::newRow("signal a child") << "signal" << "hello";
    QTest::newRow("signal by id") << "external" << "from outside";
    QTest::newRow("cancel a child") << "cancel" << "idle cancelled";
    QTest::newRow("nobody there") << "nobody" << "ExternalWorkflowExecutionNotFound";
    QTest::newRow("child fails") << "fail" << "sick failed: child is sick";
}

void AuthoringTest::childrenAndOthers() {
    QFETCH(QString, how);
    QFETCH(QString, result);
    QCOMPARE(text(start("parent", how.toStdString()).result<std::string>()), result);
}

QTEST_GUILESS_MAIN(AuthoringTest)
#include "authoring_test.moc"
