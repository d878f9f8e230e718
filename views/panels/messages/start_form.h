// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QWidget>
#include <memory>

#include "core/gateway/cluster.h"
#include "views/bridge/deliver.h"

class QLineEdit;
class QPushButton;

namespace orrery::ui::shared {
class MessageBar;
}

namespace orrery::ui::messages {

class ArgumentEditor;

/// What a new form holds: the program's sample.
struct StartDefaults {
    QString idPrefix;  ///< "order": ids are made of it, "order-4711"
    QString type;
    QString taskQueue;
    QString input;  ///< JSON
    /// Arguments to begin with, by name of the signal, query or update of this type.
    QHash<QString, QString> arguments;
};

/// Starts a run. The id is made fresh each time; a mistake is shown where it is. UI thread.
class StartForm : public QWidget {
    Q_OBJECT

public:
    explicit StartForm(StartDefaults defaults, QWidget* parent = nullptr);
    ~StartForm() override;

    void setCluster(std::shared_ptr<gateway::Cluster> cluster) { m_cluster = std::move(cluster); }
    /// Everything as in the defaults, with a fresh id, and the cursor in the id.
    void reset();

public Q_SLOTS:
    void start();

Q_SIGNALS:
    void started(const gateway::WorkflowKey& workflow);

private:
    StartDefaults m_defaults;
    std::shared_ptr<gateway::Cluster> m_cluster;
    bridge::Latest m_latest;
    gateway::Request m_request;

    QLineEdit* m_id;
    QLineEdit* m_type;
    QLineEdit* m_queue;
    ArgumentEditor* m_input;
    QPushButton* m_start;
    shared::MessageBar* m_message;
};

}  // namespace orrery::ui::messages
