// SPDX-License-Identifier: MIT
// The debugger over the real replay, with every recorded run of the samples: each task can be shown, and none differs.
#include "app/workbench/replay.h"

#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QTest>

#include "core/history/reader.h"
#include "tests/views/support/pictures.h"
#include "views/screens/debugger/debugger_page.h"
#include "views/screens/debugger/source_view.h"
#include "views/screens/debugger/task_rail.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

using namespace orrery;
using namespace orrery::ui;
using debugger::DebuggerPage;

namespace {

/// Page and inspector beside each other, as the window sets them.
struct Shown {
    explicit Shown(const history::NamedHistory& one)
        : page(new DebuggerPage(workbench::sampleReplay(), shared::HistoryView::of(one.history),
                                QString::fromStdString(one.name))) {
        auto* row = new QHBoxLayout(&window);
        row->setContentsMargins(0, 0, 0, 0);
        row->addWidget(page, 1);
        page->inspector()->setFixedWidth(shared::kInspectorWidth);
        row->addWidget(page->inspector());
        page->inspector()->show();
        window.resize(1280, 720);
        window.show();
    }
    template <class Widget>
    Widget* find(const char* name) const {
        auto* found = window.findChild<Widget*>(QLatin1String(name));
        return found != nullptr && found->isVisible() ? found : nullptr;
    }
    bool settled() const {
        return QTest::qWaitFor([this] { return page->task() > 0 && !page->busy(); }, 60'000);
    }

    QWidget window;
    DebuggerPage* page;
};

}  // namespace

class ReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void recordedRuns_data();
    void recordedRuns();
};

void ReplayTest::recordedRuns_data() {
    QTest::addColumn<QString>("file");
    for (const char* server : {"embedded", "real"}) {
        const QDir folder(
            QStringLiteral(ORRERY_SOURCE_DIR "/tests/data/histories/samples/%1").arg(QLatin1String(server)));
        const QStringList files = folder.entryList({"*.json"}, QDir::Files, QDir::Name);
        for (const QString& file : files) {
            QTest::newRow(qPrintable(QLatin1String(server) + '/' + file)) << folder.filePath(file);
        }
    }
}

void ReplayTest::recordedRuns() {
    QFETCH(QString, file);
    const auto histories = history::readHistories(file.toStdString());
    QVERIFY(!histories.empty());
    Shown shown(histories.front());
    QVERIFY(shown.settled());
    QVERIFY2(shown.find<shared::StatusChip>("debugVerdict"), "the run replays without a difference");
    const int tasks = shown.find<debugger::TaskRail>("debugRail")->count();
    QCOMPARE(shown.page->task(), tasks);
    const int stride = std::max(1, tasks / 8);
    for (int task = 1; task <= tasks; task += stride) {
        shown.page->goTo(task);
        QVERIFY(shown.settled());
        QCOMPARE(shown.page->task(), task);
        QVERIFY(shown.page->past());
    }
    // Somewhere in the middle code waits, and its source is built in.
    shown.page->goTo((tasks + 1) / 2);
    QVERIFY(shown.settled());
    if (shown.find<QListView>("debugStack") != nullptr) {
        QTRY_VERIFY(shown.find<debugger::SourceView>("debugSource") != nullptr);
        QVERIFY(shown.find<debugger::SourceView>("debugSource")->marked() > 0);
    }
    QVERIFY(shown.find<QLabel>("debugStateNote") != nullptr);
    if (!file.contains("/embedded/")) return;
    const QString name = QFileInfo(file).completeBaseName();
    if (name != "fan_out" && name != "entity" && name != "saga") return;
    QVERIFY(test::savePictures(shown.window, ORRERY_BINARY_DIR, "debugger-" + name));
}

QTEST_MAIN(ReplayTest)
#include "replay_test.moc"
