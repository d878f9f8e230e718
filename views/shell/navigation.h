// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <optional>

#include "core/gateway/values.h"
#include "core/gateway/worker_process.h"

class QLabel;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace orrery::ui::shared {
class ElidedLabel;
}

namespace orrery::ui::shell {

class CommandSet;

/// The left side: kinds of runs with their counts, open files, and the sample worker with its buttons. UI thread.
class Navigation : public QWidget {
    Q_OBJECT

public:
    /// The worker's buttons are the commands "worker.start", "worker.stop", "worker.kill" and "worker.restart".
    explicit Navigation(const CommandSet& commands, QWidget* parent = nullptr);

    void setCounts(const gateway::WorkflowCounts& counts);
    void setStatus(std::optional<history::WorkflowStatus> status);
    /// Name and key of each open file; the key comes back through fileChosen.
    void setFiles(const QList<std::pair<QString, QString>>& files);
    /// Absent: there is no sample worker here.
    void setWorker(const std::optional<gateway::WorkerState>& state);

Q_SIGNALS:
    void statusChosen(std::optional<history::WorkflowStatus> status);
    void fileChosen(const QString& key);
    void openFileRequested();

private:
    QWidget* makeWorker(const CommandSet& commands);
    void rebuild();
    void activate(QListWidgetItem* item);

    gateway::WorkflowCounts m_counts;
    std::optional<history::WorkflowStatus> m_status;
    QList<std::pair<QString, QString>> m_files;
    QListWidget* m_list;
    QWidget* m_worker;
    shared::ElidedLabel* m_workerState = nullptr;
};

}  // namespace orrery::ui::shell
