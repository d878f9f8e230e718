// SPDX-License-Identifier: MIT
#include "app/workbench/tour.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <cstdio>

#include "app/workbench/replay.h"
#include "app/workbench/samples.h"
#include "views/screens/workflow/workflow_page.h"
#include "views/screens/workflows/workflows_page.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shell/main_window.h"
#include "views/shell/session.h"
#include "views/shell/settings.h"

namespace orrery::workbench {
namespace {

using namespace ui;
using shared::Theme;

constexpr std::chrono::milliseconds kLook{50};
constexpr int kPatience = 1200;  // looks: one minute
/// After a change, so that merged snapshots and layouts have arrived before a picture.
constexpr int kSettle = 12;
constexpr QSize kSize{1280, 720};

void say(const QString& line) {
    std::printf("%s\n", qPrintable(line));
    std::fflush(stdout);
}

template <class Widget>
Widget* find(QWidget* in, const char* name) {
    auto* found = in->findChild<Widget*>(QLatin1String(name));
    if (found == nullptr) qFatal("the window has no %s", name);
    return found;
}

}  // namespace

Tour::Tour(std::shared_ptr<gateway::LocalServer> local, QString folder)
    : m_local(std::move(local)),
      m_folder(std::move(folder)),
      m_settings(std::make_unique<shell::Settings>(m_own.filePath(QStringLiteral("tour.ini")))) {
    QDir().mkpath(m_folder);
    m_settings->setAppearance(shell::Appearance::Light);
    m_window =
        std::make_unique<shell::MainWindow>(shell::WindowOptions{m_settings.get(), m_local, samples(), sampleReplay()});
    m_window->resize(kSize);
    m_window->show();
    plan();
    connect(&m_timer, &QTimer::timeout, this, &Tour::advance);
    m_timer.start(kLook);
}

Tour::~Tour() = default;

workflow::WorkflowPage* Tour::run() const {
    return qobject_cast<workflow::WorkflowPage*>(find<QTabWidget>(m_window.get(), "tabs")->currentWidget());
}

bool Tour::reached(const char* eventType) const {
    if (run() == nullptr || !run()->view()) return false;
    const history::History& events = *run()->view().history;
    for (size_t i = events.size(); i > 0; --i) {
        if (events[i - 1].typeName() == eventType) return true;
    }
    return false;
}

void Tour::start(const QString& workflowId) {
    m_window->openStart();
    find<QLineEdit>(m_window.get(), "startId")->setText(workflowId);
    find<QPushButton>(m_window.get(), "startSubmit")->click();
}

void Tour::signal() {
    run()->openMessage(messages::MessageKind::Signal);
    find<QComboBox>(run()->inspector(), "messageName")->setCurrentText(QStringLiteral("approve"));
    find<QPushButton>(run()->inspector(), "messageSend")->click();
}

void Tour::plan() {
    const auto always = [] { return true; };
    const auto worker = [this] {
        return m_window->session().worker().kind == gateway::WorkerState::Kind::Running &&
               m_window->session().cluster();
    };
    const auto waiting = [this] { return reached("TimerStarted"); };
    m_steps = {
        {tr("The embedded server listens on %1; the sample worker runs.").arg(shared::text(m_local->address())), worker,
         [this] { picture(QStringLiteral("1-empty")); }},
        {tr("An order comes in."), always, [this] { start(QStringLiteral("order-4711")); }},
        {tr("It reserved its stock and waits for an approval, at most a day."), waiting,
         [this] { picture(QStringLiteral("2-waiting")); }},
        {tr("One click sends the signal."), always, [this] { signal(); }},
        {tr("The card was charged, after the failures that were asked for, and the receipt sent."),
         [this] { return reached("WorkflowExecutionCompleted"); }, [this] { tell(); }},
        {{}, always, [this] { picture(QStringLiteral("3-approved")); }},
        {tr("Another order, which nobody approves."), always, [this] { start(QStringLiteral("order-4712")); }},
        {tr("It waits too. One click skips a day."), waiting,
         [this] { m_window->commands().action(QStringLiteral("clock.skip"))->trigger(); }},
        {tr("The day passed in a moment; the order expired and gave back what it took."),
         [this] { return reached("TimerFired") && reached("WorkflowExecutionCompleted"); }, [this] { tell(); }},
        {{}, always, [this] { picture(QStringLiteral("4-expired")); }},
        {tr("Both stand in the list."), always, [this] { m_window->showWorkflows(); }},
        {{}, always, [this] { picture(QStringLiteral("5-workflows")); }},
        {tr("Pictures of the window are in %1.").arg(QDir(m_folder).absolutePath()), always,
         [] { QApplication::exit(0); }},
    };
}

void Tour::advance() {
    if (m_next >= m_steps.size()) return m_timer.stop();
    const Step& step = m_steps[m_next];
    ++m_waited;
    if (m_waited < kSettle) return;
    if (!step.ready()) {
        if (m_waited < kPatience) return;
        say(tr("This did not come true in time: %1").arg(step.story));
        picture(QStringLiteral("failed"));
        m_timer.stop();
        return QApplication::exit(1);
    }
    m_waited = 0;
    ++m_next;
    if (!step.story.isEmpty()) say(step.story);
    step.act();
}

void Tour::picture(const QString& name) {
    for (const bool dark : {false, true}) {
        Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        const QString file = QDir(m_folder).filePath(QStringLiteral("%1-%2.png").arg(name, dark ? "dark" : "light"));
        if (!m_window->grab().save(file)) say(tr("Cannot write %1.").arg(file));
    }
    Theme::instance().setChoice(Theme::Choice::Light);
}

void Tour::tell() {
    const history::History& events = *run()->view().history;
    for (size_t i = 0; i < events.size(); ++i) {
        const history::Event event = events[i];
        const QString when = event.time() ? shared::timeText(*event.time(), m_window->session().now()) : QString();
        say(QStringLiteral("  %1  %2  %3  %4")
                .arg(event.id(), 3)
                .arg(when, -18)
                .arg(shared::eventWord(event.typeName()), -32)
                .arg(shared::text(event.name())));
    }
}

}  // namespace orrery::workbench
