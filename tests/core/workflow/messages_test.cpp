// SPDX-License-Identifier: MIT
// Signals, queries and updates, and what tools ask every workflow.
#include <QTest>

#include "core/workflow/workflow.h"
#include "tests/core/workflow/driver.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::text;
using workflow::ActivityOptions;
using workflow::ApplicationFailure;
using workflow::Task;
namespace job = definition::job;

namespace {

const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);
constexpr definition::Signal<int> kAdd{"add"};
constexpr definition::Update<int(int)> kSet{"set"};

class Counter {
public:
    explicit Counter(int start) : m_value(start) {}

    Task<int> run(int) {
        co_await workflow::waitCondition([this] { return m_done && workflow::allHandlersFinished(); });
        co_return m_value;
    }
    void add(int by) { m_value += by; }
    Task<> addLater(int by) { m_value += co_await workflow::execute<int>("look_up", kQuick, by); }
    void finish() { m_done = true; }
    void refuse() { throw ApplicationFailure("no more signals", "Refused"); }
    void bug() { throw std::logic_error("oops"); }

    int value() const { return m_value; }
    int cheat() const {
        (void)workflow::startTimer(1s);
        return 0;
    }
    int fails() const { throw ApplicationFailure("not yet", "TooEarly"); }

    int set(int value) { return std::exchange(m_value, value); }
    void checkSet(int value) const {
        if (value < 0) throw ApplicationFailure("must not be negative", "Negative");
    }
    Task<int> setLater(int value) {
        co_await workflow::sleep(5s);
        if (value == 13) throw ApplicationFailure("unlucky", "Unlucky");
        if (value == 14) throw std::logic_error("oops");
        co_return set(value);
    }
    void checkByTimer(int) const { (void)workflow::startTimer(1s); }

private:
    int m_value = 0;
    bool m_done = false;
};

class Dynamic {
public:
    Task<std::string> run(payload::Payloads arguments) {
        co_await workflow::waitCondition([this] { return !m_log.empty(); });
        co_return workflow::info().workflowType + " " + std::to_string(arguments.size()) + " " + m_log;
    }
    void signal(std::string name, payload::Payloads arguments) {
        m_log = name + "/" + std::to_string(arguments.size());
    }
    std::string query(std::string name, payload::Payloads) const { return "asked " + name; }
    std::string update(std::string name, payload::Payloads arguments) { return name + arguments.at(0).data; }

private:
    std::string m_log;
};

workflow::WorkflowRegistry registry() {
    workflow::WorkflowRegistry all;
    all.add(workflow::define<Counter>("counter")
                .run(&Counter::run)
                .signal(kAdd, &Counter::add, "Adds a number")
                .signal("add_later", &Counter::addLater)
                .signal("finish", &Counter::finish)
                .signal("refuse", &Counter::refuse)
                .signal("bug", &Counter::bug)
                .query("value", &Counter::value, "The number now")
                .query("cheat", &Counter::cheat)
                .query("fails", &Counter::fails)
                .update(kSet, &Counter::set, "Sets the number")
                .validator(&Counter::checkSet)
                .update("set_later", &Counter::setLater)
                .update("by_timer", &Counter::set)
                .validator(&Counter::checkByTimer));
    all.add(workflow::defineDynamic<Dynamic>()
                .run(&Dynamic::run)
                .dynamicSignal(&Dynamic::signal)
                .dynamicQuery(&Dynamic::query)
                .dynamicUpdate(&Dynamic::update));
    return all;
}

}  // namespace

class MessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signalsInOrder();
    void coroutineSignal();
    void badSignals_data();
    void badSignals();
    void queries_data();
    void queries();
    void updates_data();
    void updates();
    void updateThatWaits();
    void validatorIsNotRunOnReplay();
    void handlersFinishBeforeTheRun();
    void dynamicHandlers();
    void metadata();
    void stackTrace();
    void definitionsAreChecked();
};

void MessagesTest::signalsInOrder() {
    const auto all = registry();
    Driver run(all, "counter", 10);
    QCOMPARE(text(run.begin({Driver::signalled("add", 5), Driver::updated("set", 1), Driver::signalled("add", 2)})),
             QString("Accepted u\nUpdated 15"));
    QCOMPARE(text(run.query("value")), QString("Answer 3"));
    QCOMPARE(text(run.signal("finish")), QString("Complete 3"));
}

void MessagesTest::coroutineSignal() {
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    QCOMPARE(text(run.signal("add_later", 7)), QString("ScheduleActivity 1 look_up(7)"));
    QCOMPARE(text(run.complete(1, 70)), QString());
    QCOMPARE(text(run.query("value")), QString("Answer 71"));
}

void MessagesTest::badSignals_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("outcome");
    QTest::newRow("unknown") << "nobody" << "";
    QTest::newRow("unreadable") << "add" << "";
    QTest::newRow("failure") << "refuse" << "Fail Refused: no more signals";
    QTest::newRow("bug") << "bug" << "TaskFailure std::logic_error: oops";
}

void MessagesTest::badSignals() {
    QFETCH(QString, name);
    QFETCH(QString, outcome);
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    QCOMPARE(text(run.signal(name.toStdString(), std::string("no number"))), outcome);
}

void MessagesTest::queries_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("answer");
    QTest::newRow("value") << "value" << "Answer 1";
    QTest::newRow("failure") << "fails" << "NoAnswer TooEarly: not yet";
    QTest::newRow("command")
        << "cheat"
        << "NoAnswer orrery::base::Error: The query 'cheat' tried to start a timer, but may only read "
           "the state of the workflow.";
    QTest::newRow("unknown")
        << "nobody"
        << "NoAnswer Application: Query handler for 'nobody' expected but not found, known queries: "
           "[cheat fails value]";
}

void MessagesTest::queries() {
    QFETCH(QString, name);
    QFETCH(QString, answer);
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    QCOMPARE(text(run.query(name.toStdString())), answer);
    // Asking left the run as it was.
    QCOMPARE(text(run.signal("finish")), QString("Complete 1"));
    QCOMPARE(text(run.query(name.toStdString())), answer);
}

void MessagesTest::updates_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("value");
    QTest::addColumn<QString>("responses");
    QTest::newRow("good") << "set" << 5 << "Accepted u\nUpdated 1";
    QTest::newRow("validator objects") << "set" << -5 << "Rejected Negative: must not be negative";
    QTest::newRow("validator issues a command") << "by_timer" << 5
                                                << "Rejected orrery::base::Error: The validator of update 'by_timer' "
                                                   "tried to start a timer, but may only read the "
                                                   "state of the workflow.";
    QTest::newRow("unknown")
        << "nobody" << 5
        << "Rejected Application: Update handler for 'nobody' expected but not found, and there is no "
           "dynamic handler; known updates: [by_timer set set_later]";
}

void MessagesTest::updates() {
    QFETCH(QString, name);
    QFETCH(int, value);
    QFETCH(QString, responses);
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    QCOMPARE(text(run.update(name.toStdString(), value)), responses);
}

void MessagesTest::updateThatWaits() {
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    QCOMPARE(text(run.update("set_later", 5)), QString("Accepted u\nStartTimer 1 5 s"));
    QCOMPARE(text(run.fire(1)), QString("Updated 1"));
    run.update("set_later", 13);
    QCOMPARE(text(run.fire(2)), QString("UpdateFailed Unlucky: unlucky"));
    run.update("set_later", 14);
    QCOMPARE(text(run.fire(3)), QString("TaskFailure std::logic_error: oops"));
}

void MessagesTest::validatorIsNotRunOnReplay() {
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    job::DoUpdate update = Driver::updated("set", -5);
    update.runValidator = false;
    QCOMPARE(text(run.run({update})), QString("Accepted u\nUpdated 1"));
}

void MessagesTest::handlersFinishBeforeTheRun() {
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    run.update("set_later", 5);
    QCOMPARE(text(run.signal("finish")), QString());
    QCOMPARE(text(run.fire(1)), QString("Updated 1\nComplete 5"));
}

void MessagesTest::dynamicHandlers() {
    const auto all = registry();
    Driver run(all, "whatever", 1, 2);
    run.begin();
    QCOMPARE(text(run.query("mood")), QString("Answer \"asked mood\""));
    QCOMPARE(text(run.update("rename", 4)), QString("Accepted u\nUpdated \"rename4\""));
    QCOMPARE(text(run.signal("poke", 1, 2, 3)), QString("Complete \"whatever 2 poke/3\""));
}

void MessagesTest::metadata() {
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    QCOMPARE(
        text(run.query("__temporal_workflow_metadata")),
        QString("Answer {\"definition\":{\"queryDefinitions\":["
                "{\"description\":\"Where the coroutines of the workflow wait.\",\"name\":\"__stack_trace\"},"
                "{\"description\":\"Metadata about the workflow.\",\"name\":\"__temporal_workflow_metadata\"},"
                "{\"name\":\"cheat\"},{\"name\":\"fails\"},{\"description\":\"The number now\",\"name\":\"value\"}],"
                "\"signalDefinitions\":[{\"description\":\"Adds a number\",\"name\":\"add\"},{\"name\":\"add_later\"},"
                "{\"name\":\"bug\"},{\"name\":\"finish\"},{\"name\":\"refuse\"}],\"type\":\"counter\","
                "\"updateDefinitions\":[{\"name\":\"by_timer\"},{\"description\":\"Sets the number\",\"name\":\"set\"},"
                "{\"name\":\"set_later\"}]}}"));
    const auto& result = std::get<definition::command::QueryResult>(run.last().commands.at(0));
    const auto& payload = std::get<payload::Payload>(result.result);
    QCOMPARE(text(payload.encoding()), QString("json/protobuf"));
    QCOMPARE(text(payload.metadata.at("messageType")), QString("temporal.api.sdk.v1.WorkflowMetadata"));
}

void MessagesTest::stackTrace() {
    const auto all = registry();
    Driver run(all, "counter", 1);
    run.begin();
    run.update("set_later", 5);
    const QString trace = text(run.query("__stack_trace"));
    QVERIFY2(trace.contains("run\\n") && trace.contains("update set_later\\n"), qPrintable(trace));
    QVERIFY2(trace.contains("Counter::run") && trace.contains("messages_test.cpp:"), qPrintable(trace));
}

void MessagesTest::definitionsAreChecked() {
    auto definition = workflow::define<Counter>("counter");
    QVERIFY_THROWS_EXCEPTION(base::Error, definition.signal("", &Counter::finish));
    QVERIFY_THROWS_EXCEPTION(base::Error, definition.signal("__internal", &Counter::finish));
    QVERIFY_THROWS_EXCEPTION(base::Error, definition.validator(&Counter::checkSet));
    definition.query("value", &Counter::value);
    QVERIFY_THROWS_EXCEPTION(base::Error, definition.query("value", &Counter::value));
    workflow::WorkflowRegistry all;
    QVERIFY_THROWS_EXCEPTION(base::Error, all.add(definition));
    definition.run(&Counter::run);
    all.add(definition);
    QVERIFY_THROWS_EXCEPTION(base::Error, all.add(definition));
}

QTEST_GUILESS_MAIN(MessagesTest)
#include "messages_test.moc"
