// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace orrery::ui::shared {
class MessageBar;
}

namespace orrery::ui::connections {

/// Asks for the address of a server. It does not connect itself: it says what is wanted and shows what came of it. UI
/// thread.
class ConnectStrip : public QWidget {
    Q_OBJECT

public:
    explicit ConnectStrip(QWidget* parent = nullptr);

    void open(const QStringList& recentAddresses);
    void showProblem(const QString& message);
    /// False when it is not open.
    bool stepOut();

Q_SIGNALS:
    void connectRequested(const QString& address, const QString& namespaceName);

private:
    void submit();

    QComboBox* m_address;
    QLineEdit* m_namespace;
    QPushButton* m_connect;
    shared::MessageBar* m_message;
};

}  // namespace orrery::ui::connections
