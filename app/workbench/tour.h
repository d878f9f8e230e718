// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>
#include <QTemporaryDir>
#include <QTimer>
#include <functional>
#include <memory>
#include <vector>

#include "core/gateway/local_server.h"

namespace orrery::ui::shell {
class MainWindow;
class Settings;
}  // namespace orrery::ui::shell
namespace orrery::ui::workflow {
class WorkflowPage;
}

namespace orrery::workbench {

/// Shows the program without a person: runs two orders for real, signals one, lets a day pass for the other, saves
/// pictures of the window and tells the story on standard output. Ends the event loop with 0, or with 1 and the reason
/// when a step does not come true in time. UI thread.
class Tour : public QObject {
    Q_OBJECT

public:
    Tour(std::shared_ptr<gateway::LocalServer> local, QString folder);
    ~Tour() override;

private:
    struct Step {
        QString story;
        std::function<bool()> ready;
        std::function<void()> act;
    };

    void plan();
    void advance();
    void start(const QString& workflowId);
    void signal();
    void picture(const QString& name);
    void tell();
    ui::workflow::WorkflowPage* run() const;
    bool reached(const char* eventType) const;

    std::shared_ptr<gateway::LocalServer> m_local;
    QString m_folder;
    QTemporaryDir m_own;
    std::unique_ptr<ui::shell::Settings> m_settings;
    std::unique_ptr<ui::shell::MainWindow> m_window;
    std::vector<Step> m_steps;
    size_t m_next = 0;
    int m_waited = 0;
    QTimer m_timer;
};

}  // namespace orrery::workbench
