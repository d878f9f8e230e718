// SPDX-License-Identifier: MIT
// A person runs the sample, replays it in the debugger, walks through its past, lets changed code replay it and sees
// where the two part: with the real server, worker process, replay and window; once with the mouse alone, once with the
// keyboard alone.
#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>

#include "tests/views/support/pictures.h"
#include "tests/window/program.h"
#include "views/screens/debugger/rail_geometry.h"
#include "views/screens/debugger/source_view.h"
#include "views/screens/debugger/task_rail.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

using namespace orrery;
using namespace orrery::ui;
using test::Program;

namespace {

constexpr const char* kChanged = "order_approval_changed";

/// What stands in the debugger in front.
struct Seen {
    explicit Seen(const Program& program) : in(program) {}

    bool at(int task) const { return in.past() != nullptr && in.past()->task() == task && !in.past()->busy(); }
    int tasks() const { return in.find<debugger::TaskRail>("debugRail")->count(); }
    bool atEnd() const { return in.past() != nullptr && in.past()->task() > 0 && at(tasks()); }
    QString sourcePath() const { return source() != nullptr ? source()->path() : QString(); }
    int line() const { return source() != nullptr ? source()->marked() : 0; }
    debugger::SourceView* source() const { return in.find<debugger::SourceView>("debugSource"); }
    QString answer() const {
        const auto* view = in.find<QPlainTextEdit>("debugAnswer0");
        return view != nullptr ? view->toPlainText() : QString();
    }
    /// At the first difference of the changed code, with everything that tells of it.
    bool difference() const {
        const auto* badge = in.find<QPushButton>("debugDifference");
        const auto* sentence = in.find<QLabel>("debugDivergence");
        return badge != nullptr && badge->text().startsWith("first difference at event ") && sentence != nullptr &&
               sentence->text().contains("charge_card") && sentence->text().contains("authorize_card");
    }

    const Program& in;
};

/// A window that takes input, and a worker behind it. Busy machines need their time.
bool ready(const Program& program) {
    return QTest::qWaitForWindowActive(program.window.get(), test::kPatience) &&
           QTest::qWaitFor(
               [&] { return program.window->session().worker().kind == gateway::WorkerState::Kind::Running; },
               test::kPatience);
}

/// Pictures change the window's size; what comes back takes a moment to settle.
bool takePictures(const Program& program, const char* name) {
    if (!test::savePictures(*program.window, ORRERY_BINARY_DIR, QLatin1String(name))) return false;
    program.window->resize(1280, 720);
    const bool back = QTest::qWaitFor([&] { return program.window->size() == QSize(1280, 720); });
    QTest::qWait(300);
    return back;
}

}  // namespace

class DebuggerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void mouseAlone();
    void keyboardAlone();

private:
    // Each a part of the scenario, by one hand.
    void runByMouse(const Program& program);
    void walkByMouse(const Program& program);
    void compareByMouse(const Program& program);
    void runByKeyboard(const Program& program);
    void walkByKeyboard(const Program& program);
    void compareByKeyboard(const Program& program);
};

void DebuggerTest::initTestCase() {
    if (QGuiApplication::platformName() != QLatin1String("xcb")) QSKIP("needs a display (tests/window/under_xvfb.sh)");
    shared::Theme::instance().apply();
}

void DebuggerTest::mouseAlone() {
    const Program program;
    QVERIFY(ready(program));
    for (const auto part : {&DebuggerTest::runByMouse, &DebuggerTest::walkByMouse, &DebuggerTest::compareByMouse}) {
        (this->*part)(program);
        if (QTest::currentTestFailed()) return;
    }
}

void DebuggerTest::keyboardAlone() {
    const Program program;
    QVERIFY(ready(program));
    for (const auto part :
         {&DebuggerTest::runByKeyboard, &DebuggerTest::walkByKeyboard, &DebuggerTest::compareByKeyboard}) {
        (this->*part)(program);
        if (QTest::currentTestFailed()) return;
    }
}

void DebuggerTest::runByMouse(const Program& program) {
    const test::Hand& hand = program.hand;
    hand.click(program.window->findChild<shared::EmptyState*>()->findChild<QPushButton*>());
    WAIT_FOR(program.find<QPushButton>("startSubmit"));
    hand.click(program.find<QPushButton>("startSubmit"));
    WAIT_FOR(program.run() != nullptr && program.reached("TimerStarted"));
    WAIT_FOR(program.find<QPushButton>("signalButton")->isEnabled());
    QTest::qWait(300);  // the forms of the run come in and move what is beside them
    hand.click(program.find<QPushButton>("signalButton"));
    WAIT_FOR(program.find<QComboBox>("messageName") &&
             program.find<QComboBox>("messageName")->currentText() == "approve");
    QTest::qWait(0);
    hand.click(program.find<QPushButton>("messageSend"));
    WAIT_FOR(program.reached("WorkflowExecutionCompleted"));
    hand.click(program.find<QPushButton>("debugButton"));
}

void DebuggerTest::walkByMouse(const Program& program) {
    const test::Hand& hand = program.hand;
    const Seen seen(program);
    WAIT_FOR(seen.atEnd());
    const int tasks = seen.tasks();
    QVERIFY(tasks >= 4);
    WAIT_FOR(program.find<shared::StatusChip>("debugVerdict"));
    hand.click(program.find<QPushButton>("debugFirst"));
    WAIT_FOR(seen.at(1));
    WAIT_FOR(seen.sourcePath() == "app/samples/order_approval.cpp" && seen.line() > 0);
    const int first = seen.line();
    hand.click(program.find<QPushButton>("debugStep"));
    WAIT_FOR(seen.at(2) && seen.line() > first);
    WAIT_FOR(seen.answer().contains("→"));
    QVERIFY(takePictures(program, "scenario-debugger"));
    hand.click(program.find<QPushButton>("debugBack"));
    WAIT_FOR(seen.at(1) && seen.line() == first);
    auto* rail = program.find<debugger::TaskRail>("debugRail");
    const debugger::RailGeometry places(tasks, rail->width());
    hand.click(rail, QPoint(static_cast<int>(places.x(2)), rail->height() / 2));
    WAIT_FOR(seen.at(3));
    auto* list = program.find<QListView>("debugTasks");
    hand.click(list->viewport(), list->visualRect(list->model()->index(1, 0)).center());
    WAIT_FOR(seen.at(2));
    hand.click(program.find<QPushButton>("debugLast"));
    WAIT_FOR(seen.at(tasks));
}

void DebuggerTest::compareByMouse(const Program& program) {
    const test::Hand& hand = program.hand;
    const Seen seen(program);
    auto* code = program.find<QComboBox>("debugCode");
    hand.click(code);
    WAIT_FOR(code->view()->isVisible());
    QTest::qWait(300);  // a press right after the popup opened counts as the one that opened it
    const QModelIndex changed = code->model()->index(code->findData(kChanged), 0);
    QVERIFY(changed.isValid());
    hand.click(code->view()->viewport(), code->view()->visualRect(changed).center());
    WAIT_FOR(seen.difference());
    QVERIFY(takePictures(program, "scenario-difference"));
    const int parted = program.past()->task();
    hand.click(program.find<QPushButton>("debugFirst"));
    WAIT_FOR(seen.at(1));
    hand.click(program.find<QPushButton>("debugDifference"));
    WAIT_FOR(seen.at(parted) && seen.difference());
    auto* commands = program.find<QTableView>("debugCommands");
    hand.click(commands->viewport(), commands->visualRect(commands->model()->index(0, 1)).center());
    WAIT_FOR(program.find<QWidget>("inspectorPanel"));
    hand.click(program.find<QPushButton>("clockLeavePast"));
    WAIT_FOR(program.run() != nullptr);
    QVERIFY(program.find<QPushButton>("clockSkip"));
}

void DebuggerTest::runByKeyboard(const Program& program) {
    const test::Hand& hand = program.hand;
    hand.key("ctrl+n");
    WAIT_FOR(program.find<QLineEdit>("startId") && program.find<QLineEdit>("startId")->hasFocus());
    hand.key("Return");
    WAIT_FOR(program.run() != nullptr && program.reached("TimerStarted"));
    hand.key("ctrl+shift+s");
    WAIT_FOR(program.find<QComboBox>("messageName") &&
             program.find<QComboBox>("messageName")->currentText() == "approve");
    hand.key("Return");
    WAIT_FOR(program.reached("WorkflowExecutionCompleted"));
    hand.key("ctrl+k");
    WAIT_FOR(program.find<QListView>("commandList"));
    hand.type("replay in debugger");
    hand.key("Return");
}

void DebuggerTest::walkByKeyboard(const Program& program) {
    const test::Hand& hand = program.hand;
    const Seen seen(program);
    WAIT_FOR(seen.atEnd());
    const int tasks = seen.tasks();
    hand.key("alt+Home");
    WAIT_FOR(seen.at(1));
    WAIT_FOR(seen.sourcePath() == "app/samples/order_approval.cpp" && seen.line() > 0);
    const int first = seen.line();
    hand.key("F10");
    WAIT_FOR(seen.at(2) && seen.line() > first);
    hand.key("shift+F10");
    WAIT_FOR(seen.at(1) && seen.line() == first);
    hand.key("Down");
    WAIT_FOR(seen.at(2));
    hand.key("End");
    WAIT_FOR(seen.at(tasks));
    hand.key("Home");
    WAIT_FOR(seen.at(1));
    hand.key("alt+End");
    WAIT_FOR(seen.at(tasks));
}

void DebuggerTest::compareByKeyboard(const Program& program) {
    const test::Hand& hand = program.hand;
    const Seen seen(program);
    hand.key("ctrl+shift+d");
    auto* code = program.find<QComboBox>("debugCode");
    WAIT_FOR(code->view()->isVisible());
    hand.type("order_approval_c");
    WAIT_FOR(code->view()->currentIndex().data().toString() == kChanged);
    hand.key("Return");
    WAIT_FOR(seen.difference());
    const int parted = program.past()->task();
    hand.key("alt+Home");
    WAIT_FOR(seen.at(1));
    hand.key("F8");
    WAIT_FOR(seen.at(parted) && seen.difference());
    // Tab reaches everything: the commands among it.
    auto* commands = program.find<QTableView>("debugCommands");
    for (int i = 0; i < 40 && !commands->hasFocus(); ++i) {
        hand.key("Tab");
        QTest::qWait(20);
    }
    QVERIFY(commands->hasFocus());
    hand.key("Home");
    WAIT_FOR(program.find<QWidget>("inspectorPanel"));
    hand.key("Escape");
    WAIT_FOR(!program.find<QWidget>("inspectorPanel"));
    hand.key("Escape");
    WAIT_FOR(program.run() != nullptr);
}

QTEST_MAIN(DebuggerTest)
#include "debugger_test.moc"
