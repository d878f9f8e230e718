// SPDX-License-Identifier: MIT
#pragma once

#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>
#include <memory>

#include "app/workbench/replay.h"
#include "core/history/writer.h"
#include "tests/views/panels/made_history.h"
#include "tests/window/hand.h"
#include "views/screens/debugger/debugger_page.h"
#include "views/screens/files/file_page.h"
#include "views/screens/workflow/workflow_page.h"
#include "views/shell/main_window.h"
#include "views/shell/session.h"
#include "views/shell/settings.h"

namespace orrery::test {

inline constexpr int kPatience = 30'000;
inline constexpr uint16_t kFirstPort = 17'233;

/// The program as main makes it, on settings of its own.
struct Program {
    Program() {
        gateway::LocalServerOptions options;
        options.port = kFirstPort;
        options.workerProgram = ORRERY_BINARY_DIR "/bin/orrery";
        server = gateway::startLocalServerNow(options);
        const QString file = dir.filePath("recorded.json");
        history::writeHistory(*orderHistory(), file.toStdString());
        settings.addRecentFile(file);
        settings.setAppearance(ui::shell::Appearance::Light);
        ui::messages::StartDefaults sample;
        sample.idPrefix = "order";
        sample.type = "order_approval";
        sample.taskQueue = "samples";
        sample.input = R"({"id": "4711", "items": ["book", "lamp"], "failingCharges": 1})";
        sample.arguments = {{"approve", R"({"approved": true, "approver": "Grace"})"}};
        window = std::make_unique<ui::shell::MainWindow>(
            ui::shell::WindowOptions{&settings, server, {sample}, workbench::sampleReplay()});
        window->resize(1280, 720);
        window->show();
    }

    template <class Widget>
    Widget* find(const char* name) const {
        Widget* shown = nullptr;
        for (Widget* widget : window->findChildren<Widget*>(QLatin1String(name))) {
            if (widget->isVisible()) shown = widget;
        }
        return shown;
    }
    ui::workflow::WorkflowPage* run() const {
        return qobject_cast<ui::workflow::WorkflowPage*>(window->findChild<QTabWidget*>("tabs")->currentWidget());
    }
    ui::files::FilePage* file() const {
        return qobject_cast<ui::files::FilePage*>(window->findChild<QTabWidget*>("tabs")->currentWidget());
    }
    ui::debugger::DebuggerPage* past() const {
        return qobject_cast<ui::debugger::DebuggerPage*>(window->findChild<QTabWidget*>("tabs")->currentWidget());
    }
    bool reached(const char* eventType) const {
        if (run() == nullptr || !run()->view()) return false;
        const history::History& events = *run()->view().history;
        for (size_t i = 0; i < events.size(); ++i) {
            if (events[i].typeName() == eventType) return true;
        }
        return false;
    }
    size_t events() const { return run() != nullptr && run()->view() ? run()->view().history->size() : 0; }

    QTemporaryDir dir;
    ui::shell::Settings settings{dir.filePath("w.ini")};
    std::shared_ptr<gateway::LocalServer> server;
    std::unique_ptr<ui::shell::MainWindow> window;
    Hand hand;
};

}  // namespace orrery::test

#define WAIT_FOR(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, orrery::test::kPatience)
