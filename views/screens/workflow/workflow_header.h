// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <optional>

#include "core/gateway/values.h"
#include "views/panels/messages/message_panel.h"

class QLabel;
class QPushButton;

namespace orrery::ui::shared {
class CopyLabel;
class ElidedLabel;
class StatusChip;
}  // namespace orrery::ui::shared

namespace orrery::ui::workflow {

/// Who the run is and how it stands, with the buttons that steer it. UI thread.
class WorkflowHeader : public QWidget {
    Q_OBJECT

public:
    explicit WorkflowHeader(const gateway::WorkflowKey& key, QWidget* parent = nullptr);

    void setDescription(const gateway::WorkflowDescription& description);
    void setNow(base::Timestamp now);
    /// Shows the button that replays the run.
    void offerDebugger();

Q_SIGNALS:
    void debuggerWanted();
    void messageWanted(messages::MessageKind kind);

private:
    QWidget* makeTitle(const gateway::WorkflowKey& key);
    QWidget* makeFacts(const gateway::WorkflowKey& key);
    void showDuration();

    gateway::WorkflowRow m_row;
    base::Timestamp m_now{};
    shared::StatusChip* m_chip = nullptr;
    shared::ElidedLabel* m_type = nullptr;
    QList<QPushButton*> m_buttons;
    QPushButton* m_debug = nullptr;
    QLabel* m_started = nullptr;
    QLabel* m_durationWord = nullptr;
    QLabel* m_duration = nullptr;
    QLabel* m_queue = nullptr;
    shared::CopyLabel* m_run = nullptr;
    QLabel* m_waitsWord = nullptr;
    shared::ElidedLabel* m_waits = nullptr;
};

/// The activities under way, each with what went wrong last. Hides itself when there are none. UI thread.
class PendingList : public QWidget {
    Q_OBJECT

public:
    explicit PendingList(QWidget* parent = nullptr);
    void setActivities(const std::vector<gateway::PendingActivity>& activities, base::Timestamp now);

private:
    QList<shared::ElidedLabel*> m_lines;
};

}  // namespace orrery::ui::workflow
