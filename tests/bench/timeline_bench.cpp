// SPDX-License-Identifier: MIT
// Prints how long it takes from opening a large history file to the first frame with bars, and then to paint in a
// scripted zoom and pan at 1920x1080. Usage: timeline_bench [FILE]; without a file a JSON file of 51,200 events is
// made.
#include <QApplication>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/history/reader.h"
#include "core/history/writer.h"
#include "tests/bench/generate_history.h"
#include "views/panels/timeline/timeline.h"
#include "views/shared/theme.h"

using namespace orrery;
using ui::shared::HistoryView;
using ui::timeline::Timeline;

namespace {

double since(base::Duration start) { return static_cast<double>((base::monotonicNow() - start).count()) / 1e6; }

class Frames {
public:
    explicit Frames(Timeline& timeline) : m_timeline(timeline), m_image(1920, 1080, QImage::Format_RGB32) {}

    void paint() {
        const std::clock_t worked = std::clock();
        const auto start = base::monotonicNow();
        m_timeline.viewport()->render(&m_image, {}, {}, QWidget::DrawChildren);
        m_taken.push_back(since(start));
        m_worked.push_back(static_cast<double>(std::clock() - worked) * 1000 / CLOCKS_PER_SEC);
        m_mostBars = std::max(m_mostBars, m_timeline.barsPainted());
    }

    void print(const char* name) {
        std::sort(m_taken.begin(), m_taken.end());
        std::sort(m_worked.begin(), m_worked.end());
        const auto at = [](const std::vector<double>& times, double share) {
            return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))];
        };
        std::printf(
            "%-24s %4zu frames  median %6.2f ms  95%% %6.2f ms  max %6.2f ms  CPU 95%% %6.2f ms  most bars %d\n", name,
            m_taken.size(), at(m_taken, 0.5), at(m_taken, 0.95), at(m_taken, 1.0), at(m_worked, 0.95), m_mostBars);
        m_taken.clear();
        m_worked.clear();
        m_mostBars = 0;
    }

private:
    Timeline& m_timeline;
    QImage m_image;
    std::vector<double> m_taken;
    std::vector<double> m_worked;  // CPU time, which a busy machine changes less
    int m_mostBars = 0;
};

void script(Timeline& timeline, Frames& frames) {
    timeline.fit();
    QScrollBar* rows = timeline.verticalScrollBar();
    const auto key = [&](Qt::Key code) {
        QKeyEvent press(QEvent::KeyPress, code, Qt::NoModifier);
        QCoreApplication::sendEvent(&timeline, &press);
    };
    const auto wheel = [&](int delta, Qt::KeyboardModifiers modifiers) {
        const QPointF at(900, 500);
        QWheelEvent event(at, timeline.viewport()->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(timeline.viewport(), &event);
    };
    for (int i = 0; i < 40; ++i, frames.paint()) wheel(120, Qt::ControlModifier);
    for (int i = 0; i < 60; ++i, frames.paint()) wheel(i < 30 ? -120 : 120, Qt::ShiftModifier);
    for (int i = 0; i < 60; ++i, frames.paint()) wheel(-120, Qt::ControlModifier);
    for (int i = 0; i < 60; ++i, frames.paint()) rows->setValue(rows->maximum() * i / 60);
    for (int i = 0; i < 60; ++i, frames.paint()) key(i < 50 ? Qt::Key_Plus : Qt::Key_Minus);
    for (int i = 0; i < 60; ++i, frames.paint()) wheel(i % 20 < 10 ? -120 : 120, Qt::ShiftModifier);
    key(Qt::Key_0);
    frames.paint();
}

int run(const std::filesystem::path& file) {
    const auto opened = base::monotonicNow();
    const auto events = history::readHistories(file).at(0).history;
    std::printf("%-28s %8.1f ms  %zu events\n", "read", since(opened), events->size());
    auto start = base::monotonicNow();
    const HistoryView view = HistoryView::of(events);
    std::printf("%-28s %8.1f ms  %zu groups\n", "grouped", since(start), view.groups->list.size());

    ui::shared::Selection selection;
    Timeline timeline(&selection);
    timeline.resize(1920, 1080);
    timeline.show();
    QCoreApplication::processEvents();
    Frames frames(timeline);
    start = base::monotonicNow();
    timeline.showHistory(view);
    std::printf("%-28s %8.1f ms\n", "rows and folds", since(start));
    frames.paint();
    std::printf("%-28s %8.1f ms\n", "open to first frame", since(opened));
    frames.print("first frame with bars");
    script(timeline, frames);
    frames.print("one group a row");
    timeline.setGroupByName(true);
    frames.paint();
    frames.print("first frame by name");
    script(timeline, frames);
    frames.print("by name");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    ui::shared::Theme::instance().apply();
    try {
        if (argc > 1) return run(argv[1]);
        const QTemporaryDir folder;
        const std::filesystem::path made = folder.filePath(QStringLiteral("full.json")).toStdString();
        history::writeHistory(*bench::generateHistory(bench::kFullHistory), made);
        return run(made);
    } catch (const base::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 3;
    }
}
