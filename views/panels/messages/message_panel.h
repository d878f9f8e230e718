// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QTimer>
#include <QWidget>
#include <map>
#include <memory>
#include <vector>

#include "core/gateway/cluster.h"
#include "views/bridge/deliver.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace orrery::ui::shared {
class MessageBar;
}

namespace orrery::ui::messages {

class ArgumentEditor;

enum class MessageKind { Signal, Query, Update, Cancel, Terminate };

/// Sends messages to one run and shows what came back. UI thread.
class MessagePanel : public QWidget {
    Q_OBJECT

public:
    MessagePanel(std::shared_ptr<gateway::Cluster> cluster, gateway::WorkflowKey workflow, QWidget* parent = nullptr);
    ~MessagePanel() override;

    /// Shows the form of that kind with the cursor in its first field and asks the workflow for its handlers.
    void open(MessageKind kind);
    MessageKind kind() const { return m_kind; }
    /// Asks the workflow again which handlers it has.
    void refreshHandlers();
    /// Arguments to begin with, by handler name.
    void setExamples(const QHash<QString, QString>& arguments) { m_examples = arguments; }
    /// The server's time, for "sent 3 s ago".
    void setNow(base::Timestamp now);

    /// Closes the form; false when none is open.
    bool stepOut();

Q_SIGNALS:
    void opened();
    void closed();
    /// The run took a message: "signal approve", for the status line.
    void sent(const QString& what);

private:
    struct Sent {
        base::Timestamp at;
        QString what;
        QString outcome;
        bool failed = false;
    };

    QWidget* makeForm();
    void makeFields();
    QGridLayout* placeFields();
    void wireForm();
    void showKind();
    void showNames();
    void showSent();
    void send();
    void sendSignal(const std::string& name, ::orrery::payload::Payloads input);
    void sendQuery(const std::string& name, ::orrery::payload::Payloads input);
    void sendUpdate(const std::string& name, ::orrery::payload::Payloads input);
    void sendStop(bool terminate);
    template <class T, class Describe>
    gateway::Callback<T> finish(QString what, Describe describe);
    void finished(const QString& what, const QString& outcome, bool failed);
    void showResult(const ::orrery::payload::Payloads& result);
    const std::vector<gateway::HandlerInfo>& handlersOf(MessageKind kind) const;

    std::shared_ptr<gateway::Cluster> m_cluster;
    gateway::WorkflowKey m_workflow;
    MessageKind m_kind = MessageKind::Signal;
    gateway::Handlers m_handlers;
    bool m_asked = false;
    QString m_handlersProblem;
    base::Timestamp m_now{};
    std::vector<Sent> m_sent;
    std::map<QString, QString> m_drafts;  // last arguments by kind and name
    QHash<QString, QString> m_examples;
    bridge::Latest m_handlersLatest;
    gateway::Request m_handlersRequest;
    std::vector<gateway::Request> m_requests;
    QTimer m_again;

    QWidget* m_form = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_words = nullptr;
    QLabel* m_nameLabel = nullptr;
    QComboBox* m_name = nullptr;
    QLabel* m_description = nullptr;
    QLabel* m_inputLabel = nullptr;
    ArgumentEditor* m_input = nullptr;
    QLabel* m_reasonLabel = nullptr;
    QLineEdit* m_reason = nullptr;
    QPushButton* m_send = nullptr;
    shared::MessageBar* m_message = nullptr;
    QLabel* m_resultTitle = nullptr;
    QPlainTextEdit* m_result = nullptr;
    QLabel* m_sentTitle = nullptr;
    QVBoxLayout* m_sentLines = nullptr;
};

}  // namespace orrery::ui::messages
