// SPDX-License-Identifier: MIT
// Writes pictures of the panels together into the build tree, light and dark, for people to look at; checks that what
// is drawn is neither empty nor grey.
#include <QDir>
#include <QFileInfo>
#include <QPainter>
#include <QSet>
#include <QSplitter>
#include <QTest>
#include <QVBoxLayout>
#include <filesystem>

#include "core/history/reader.h"
#include "tests/support/shared.h"
#include "tests/views/panels/made_history.h"
#include "views/panels/history/history_panel.h"
#include "views/panels/payload/inspector_panel.h"
#include "views/panels/timeline/timeline_panel.h"
#include "views/shared/theme.h"

using namespace orrery::ui;
using shared::HistoryView;
using shared::Theme;

namespace {

/// The three panels as the workflow page sets them.
class Page : public QWidget {
public:
    Page() : m_timeline(&m_selection), m_table(&m_selection), m_inspector(&m_selection) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(0);
        auto* left = new QVBoxLayout;
        left->setSpacing(0);
        left->addWidget(&m_timeline, 1);
        left->addWidget(new shared::Hairline);
        left->addWidget(&m_table, 1);
        row->addLayout(left, 1);
        row->addWidget(new shared::Hairline(Qt::Vertical));
        m_inspector.setFixedWidth(shared::kInspectorWidth);
        row->addWidget(&m_inspector);
        setProperty("surface", true);
        setAttribute(Qt::WA_StyledBackground);
    }
    ~Page() override {
        // Members are children too: they leave before the base class deletes its children.
        for (QWidget* panel : {static_cast<QWidget*>(&m_timeline), static_cast<QWidget*>(&m_table),
                               static_cast<QWidget*>(&m_inspector)}) {
            panel->setParent(nullptr);
        }
    }
    void show(const HistoryView& view) {
        m_view = view;
        m_timeline.showHistory(view);
        m_table.showHistory(view);
        m_inspector.setHistory(view);
    }
    void select(int64_t event) { m_selection.select(event, m_view.groupIdOf(event)); }

    shared::Selection m_selection;
    timeline::TimelinePanel m_timeline;
    history_table::HistoryPanel m_table;
    payload::InspectorPanel m_inspector;
    HistoryView m_view;
};

}  // namespace

class PanelsPicturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void order_data() { shapes(); }
    void order();
    void large_data() { shapes(); }
    void large();
    void byName();
    void recorded_data();
    void recorded();
    void everyRecordedHistory();
    void empty();

private:
    void shapes();
    void save(QWidget& widget, const QString& name, qreal ratio);
};

void PanelsPicturesTest::initTestCase() { Theme::instance().apply(); }

void PanelsPicturesTest::shapes() {
    QTest::addColumn<bool>("dark");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<qreal>("ratio");
    for (const bool dark : {false, true}) {
        const char* scheme = dark ? "dark" : "light";
        QTest::addRow("%s-720p", scheme) << dark << QSize(1280, 720) << qreal(1);
        QTest::addRow("%s-4k", scheme) << dark << QSize(1920, 1080) << qreal(2);
    }
}

void PanelsPicturesTest::save(QWidget& widget, const QString& name, qreal ratio) {
    QImage image(widget.size() * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    widget.render(&image);
    const QDir folder(QStringLiteral(ORRERY_BINARY_DIR "/pictures"));
    QVERIFY(folder.mkpath(QStringLiteral(".")));
    QVERIFY(image.save(folder.filePath(name + QStringLiteral(".png"))));
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) colours.insert(image.pixel(x, y));
    }
    QVERIFY2(colours.size() > 8, "the picture is as good as empty");
    QVERIFY2(!colours.contains(qRgb(239, 239, 239)) && !colours.contains(qRgb(240, 240, 240)),
             "a part kept the toolkit's own grey");
}

void PanelsPicturesTest::order() {
    QFETCH(bool, dark);
    QFETCH(QSize, size);
    QFETCH(qreal, ratio);
    Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
    Page page;
    page.resize(size);
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    page.show(view);
    page.m_timeline.setNow(*(*view.history)[view.history->size() - 1].time() + std::chrono::seconds(2));
    page.m_table.setLive(true);
    static_cast<QWidget&>(page).show();
    for (size_t i = 0; i < view.history->size(); ++i) {
        if ((*view.history)[i].name() == "sendReminder") {
            page.select((*view.history)[i].id());
            break;
        }
    }
    QCoreApplication::processEvents();
    save(page, QStringLiteral("panels-order-%1").arg(QLatin1String(QTest::currentDataTag())), ratio);
}

void PanelsPicturesTest::large() {
    QFETCH(bool, dark);
    QFETCH(QSize, size);
    QFETCH(qreal, ratio);
    Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
    Page page;
    page.resize(size);
    page.show(HistoryView::of(orrery::test::largeHistory(4000)));
    page.m_table.setMode(history_table::HistoryModel::Mode::Compact);
    static_cast<QWidget&>(page).show();
    page.select(1203);
    QCoreApplication::processEvents();
    save(page, QStringLiteral("panels-large-%1").arg(QLatin1String(QTest::currentDataTag())), ratio);
}

void PanelsPicturesTest::byName() {
    Theme::instance().setChoice(Theme::Choice::Light);
    Page page;
    page.resize(1280, 720);
    page.show(HistoryView::of(orrery::test::largeHistory(4000)));
    page.m_timeline.timeline()->setGroupByName(true);
    static_cast<QWidget&>(page).show();
    for (int i = 0; i < 10; ++i) page.m_timeline.timeline()->zoomIn();
    QCoreApplication::processEvents();
    save(page, QStringLiteral("panels-by-name"), 1);
}

void PanelsPicturesTest::recorded_data() {
    QTest::addColumn<QString>("file");
    for (const char* file : {"sdk-typescript/otel_smorgasbord_1_13_1.json", "sdk-typescript/random-replay-1.17.2.json",
                             "ui/events.timed-out.json", "sdk-go/nexus-cancel-before-start.json",
                             "sdk-python/history-rev00cd59e.json", "sdk-java/testAsyncActivityRetryHistory.json",
                             "temporal-workerdeployment/v_-worker_deployment_version_wf_1742418676-revd9c0f74.json"}) {
        QTest::newRow(file) << QString::fromUtf8(file);
    }
}

void PanelsPicturesTest::recorded() {
    const auto shared = orrery::test::sharedFolder();
    if (!shared) QSKIP("no shared folder with recorded histories (ORRERY_SHARED_DIR)");
    QFETCH(QString, file);
    const auto histories = orrery::history::readHistories(*shared / "histories" / file.toStdString());
    Theme::instance().setChoice(Theme::Choice::Light);
    Page page;
    page.resize(1280, 720);
    page.show(HistoryView::of(histories.at(0).history));
    page.m_table.setMode(history_table::HistoryModel::Mode::Compact);
    static_cast<QWidget&>(page).show();
    page.select(5);
    QCoreApplication::processEvents();
    save(page, QStringLiteral("recorded-") + QFileInfo(file).completeBaseName().left(40), 1);
}

void PanelsPicturesTest::everyRecordedHistory() {
    const auto shared = orrery::test::sharedFolder();
    if (!shared) QSKIP("no shared folder with recorded histories (ORRERY_SHARED_DIR)");
    Page page;
    page.resize(900, 600);
    static_cast<QWidget&>(page).show();
    int shown = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*shared / "histories")) {
        const std::string path = entry.path().string();
        const std::string end = entry.path().extension().string();
        if (path.find("/negative/") != std::string::npos || (end != ".json" && end != ".bin")) continue;
        for (const auto& named : orrery::history::readHistories(entry.path())) {
            page.show(HistoryView::of(named.history));
            page.select((*named.history)[named.history->size() / 2].id());
            page.m_timeline.timeline()->grab();
            const bool hasBars = page.m_timeline.timeline()->rows().count() > 0;
            QVERIFY2(!hasBars || page.m_timeline.timeline()->barsPainted() > 0, path.c_str());
            QVERIFY2(page.m_table.table()->currentIndex().isValid(), path.c_str());
            ++shown;
        }
    }
    QVERIFY(shown >= 200);
}

void PanelsPicturesTest::empty() {
    Page page;
    page.resize(1280, 720);
    static_cast<QWidget&>(page).show();
    QCoreApplication::processEvents();
    save(page, QStringLiteral("panels-empty"), 1);
}

QTEST_MAIN(PanelsPicturesTest)
#include "panels_pictures_test.moc"
