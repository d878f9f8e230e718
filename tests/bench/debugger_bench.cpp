// SPDX-License-Identifier: MIT
// Prints how long one step of the debugger takes in a long history, from the wish to the painted page: forward, back
// through what was seen, back through what was not, and jumps. The history is a run of this program's own workflow on
// the embedded server. Usage: debugger_bench [ACTIVITIES]; 1,666 of them make 10,000 events.
#include <QApplication>
#include <QHBoxLayout>
#include <QImage>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "core/activity/registry.h"
#include "core/base/clock.h"
#include "core/client/client.h"
#include "core/definition/json.h"
#include "core/gateway/replay.h"
#include "core/testing/workflow_environment.h"
#include "core/worker/worker.h"
#include "core/workflow/registry.h"
#include "core/workflow/workflow.h"
#include "views/screens/debugger/debugger_page.h"
#include "views/shared/theme.h"

using namespace orrery;
using namespace std::chrono_literals;
using ui::debugger::DebuggerPage;
using ui::shared::HistoryView;

namespace {

struct Progress {
    int done = 0;
    std::string last;
    std::vector<int> newest;
};
ORRERY_JSON(Progress, done, last, newest)

/// One activity after the other; its query tells how far it is.
class LongWalk {
public:
    workflow::Task<int> run(int activities) {
        const auto options = workflow::ActivityOptions().startToCloseTimeout(10s);
        for (int i = 0; i < activities; ++i) {
            m_progress.last = co_await workflow::execute<std::string>("next", options, i);
            m_progress.done = i + 1;
            m_progress.newest.push_back(i);
            if (m_progress.newest.size() > 10) m_progress.newest.erase(m_progress.newest.begin());
        }
        co_return m_progress.done;
    }
    Progress progress() const { return m_progress; }

    static workflow::Definition<LongWalk> definition() {
        auto made = workflow::define<LongWalk>(definition::Workflow<int(int)>{"long_walk"});
        made.run(&LongWalk::run).query(definition::Query<Progress()>{"progress"}, &LongWalk::progress);
        return made;
    }

private:
    Progress m_progress;
};

double milliseconds(base::Duration time) { return static_cast<double>(time.count()) / 1e6; }

std::shared_ptr<const history::History> record(const std::shared_ptr<workflow::WorkflowRegistry>& workflows,
                                               int activities) {
    const auto environment = testing::WorkflowEnvironment::startLocal();
    const auto registry = std::make_shared<activity::ActivityRegistry>();
    registry->add("next", [](int i) { return "activity " + std::to_string(i); });
    worker::WorkerOptions options;
    options.taskQueue = "bench";
    worker::Worker worker(environment.client().connection(), workflows, registry, options);
    worker.start();
    definition::StartWorkflowOptions start;
    start.id("long-walk").taskQueue("bench");
    const auto handle = environment.client().startWorkflow("long_walk", start, activities);
    handle.result<int>();
    auto history = handle.history();
    worker.shutdown();
    return history;
}

class Session {
public:
    Session(std::shared_ptr<gateway::Replay> replay, const HistoryView& view) {
        const auto start = base::monotonicNow();
        m_page = new DebuggerPage(std::move(replay), view, QStringLiteral("long-walk"));
        m_page->setFolders({QStringLiteral(ORRERY_SOURCE_DIR)});
        m_page->inspector()->setFixedWidth(ui::shared::kInspectorWidth);
        auto* row = new QHBoxLayout(&m_window);
        row->addWidget(m_page, 1);
        row->addWidget(m_page->inspector());
        m_page->inspector()->show();
        m_window.resize(1440, 900);
        m_window.show();
        wait();
        std::printf("open, walk through and show: %.1f ms\n", milliseconds(base::monotonicNow() - start));
    }

    int task() const { return m_page->task(); }
    void go(int number) {
        m_page->goTo(number);
        wait();
    }
    void measure(const char* name, int times, const std::function<void(int)>& act) {
        std::vector<double> taken;
        std::vector<double> complete;
        for (int i = 0; i < times; ++i) {
            const auto start = base::monotonicNow();
            const int before = task();
            act(i);
            while (m_page->busy() && task() == before) QApplication::processEvents(QEventLoop::WaitForMoreEvents);
            m_window.render(&m_image);
            taken.push_back(milliseconds(base::monotonicNow() - start));
            wait();
            m_window.render(&m_image);
            complete.push_back(milliseconds(base::monotonicNow() - start));
        }
        std::printf("%-28s %4d times  step painted: %s  state too: %s\n", name, times, figures(taken).c_str(),
                    figures(complete).c_str());
    }
    DebuggerPage* page() const { return m_page; }

private:
    static std::string figures(std::vector<double> times) {
        std::sort(times.begin(), times.end());
        const auto at = [&](double share) { return times[static_cast<size_t>(share * double(times.size() - 1))]; };
        return fmt::format("median {:7.2f} ms  95% {:7.2f} ms", at(0.5), at(0.95));
    }
    void wait() {
        while (m_page->busy() || m_page->task() == 0) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents);
        }
        QApplication::processEvents();
    }

    QWidget m_window;
    DebuggerPage* m_page = nullptr;
    QImage m_image{1440, 900, QImage::Format_RGB32};
};

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    ui::shared::Theme::instance().apply();
    const int activities = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1'666;
    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    workflows->add(LongWalk::definition());
    const auto history = record(workflows, activities);
    std::printf("%zu events\n", history->size());
    Session session(gateway::makeReplay(workflows), HistoryView::of(history));
    const int tasks = session.task();
    const int some = std::min(100, tasks / 8);
    DebuggerPage* page = session.page();
    session.go(1);
    session.measure("forward, at the beginning", some, [&](int) { page->step(); });
    session.go(tasks - some - 2);
    session.measure("forward, near the end", some, [&](int) { page->step(); });
    session.measure("back, through what was seen", some, [&](int) { page->back(); });
    session.measure("back, through what was not", some, [&](int) { page->back(); });
    session.measure("jumps", 20, [&](int i) { page->goTo(1 + (tasks * ((i * 7) % 20)) / 20); });
    return 0;
}
