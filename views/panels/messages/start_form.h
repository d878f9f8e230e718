// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QList>
#include <QWidget>
#include <memory>

#include "core/gateway/cluster.h"
#include "views/bridge/deliver.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace orrery::ui::shared {
class MessageBar;
}

namespace orrery::ui::messages {

class ArgumentEditor;

/// What a new form holds: one of the program's samples.
struct StartDefaults {
    QString about;     ///< one sentence: what it shows
    QString idPrefix;  ///< "order": ids are made of it, "order-4711"
    QString type;
    QString taskQueue;
    QString input;  ///< JSON
    /// Arguments to begin with, by name of the signal, query or update of this type.
    QHash<QString, QString> arguments;
};

/// The arguments of all samples together, by the name of the message.
QHash<QString, QString> examplesOf(const QList<StartDefaults>& samples);

/// Starts a run of a sample that is chosen, or of any other workflow. The id is made fresh each time; a mistake is
/// shown where it is. UI thread.
class StartForm : public QWidget {
    Q_OBJECT

public:
    /// Without samples the form is empty.
    explicit StartForm(QList<StartDefaults> samples, QWidget* parent = nullptr);
    ~StartForm() override;

    void setCluster(std::shared_ptr<gateway::Cluster> cluster) { m_cluster = std::move(cluster); }
    /// Everything as in the sample that is chosen, with a fresh id, and the cursor in the id.
    void reset();

public Q_SLOTS:
    void start();

Q_SIGNALS:
    void started(const gateway::WorkflowKey& workflow);

private:
    void addChooser(QFormLayout* form);
    void fill(int sample);

    QList<StartDefaults> m_samples;
    std::shared_ptr<gateway::Cluster> m_cluster;
    bridge::Latest m_latest;
    gateway::Request m_request;

    QComboBox* m_sample;
    QLabel* m_about;
    QLineEdit* m_id;
    QLineEdit* m_type;
    QLineEdit* m_queue;
    ArgumentEditor* m_input;
    QPushButton* m_start;
    shared::MessageBar* m_message;
};

}  // namespace orrery::ui::messages
