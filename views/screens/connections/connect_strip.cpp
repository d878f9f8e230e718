// SPDX-License-Identifier: MIT
#include "views/screens/connections/connect_strip.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLineEdit>
#include <QRegularExpression>

#include "views/shared/widgets.h"

namespace orrery::ui::connections {

using namespace shared;

ConnectStrip::ConnectStrip(QWidget* parent)
    : QWidget(parent),
      m_address(new QComboBox(this)),
      m_namespace(new QLineEdit(this)),
      m_message(new MessageBar(this)) {
    setObjectName(QStringLiteral("connectStrip"));
    setProperty("surface", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_message->hide();
    column->addWidget(m_message);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kPadding, 2 * kGrid, kPadding, 2 * kGrid);
    row->setSpacing(2 * kGrid);
    m_address->setObjectName(QStringLiteral("connectAddress"));
    m_address->setAccessibleName(tr("Address"));
    m_address->setEditable(true);
    m_address->setInsertPolicy(QComboBox::NoInsert);
    m_address->setMinimumWidth(kFieldWidth);
    m_address->lineEdit()->setPlaceholderText(tr("host:port"));
    m_namespace->setObjectName(QStringLiteral("connectNamespace"));
    m_namespace->setAccessibleName(tr("Namespace"));
    m_namespace->setText(QStringLiteral("default"));
    m_namespace->setFixedWidth(kFieldWidth);
    m_connect = makeButton(tr("Connect"), QStringLiteral("connectSubmit"), true, this);
    auto* close = makeIconButton(Icon::Close, tr("Close (Escape)"), QStringLiteral("connectClose"), this);
    row->addWidget(makeLabel(tr("Connect to"), "strong", this));
    row->addWidget(m_address);
    row->addWidget(makeLabel(tr("namespace"), "secondary", this));
    row->addWidget(m_namespace);
    row->addWidget(m_connect);
    row->addStretch(1);
    row->addWidget(close);
    column->addLayout(row);
    column->addWidget(new Hairline(Qt::Horizontal, this));
    connect(m_connect, &QPushButton::clicked, this, &ConnectStrip::submit);
    connect(m_address->lineEdit(), &QLineEdit::returnPressed, this, &ConnectStrip::submit);
    connect(m_namespace, &QLineEdit::returnPressed, this, &ConnectStrip::submit);
    connect(close, &QPushButton::clicked, this, &ConnectStrip::stepOut);
    hide();
}

void ConnectStrip::open(const QStringList& recentAddresses) {
    m_address->clear();
    m_address->addItems(recentAddresses);
    if (recentAddresses.isEmpty()) m_address->setCurrentText(QStringLiteral("localhost:7233"));
    m_message->dismiss();
    m_connect->setEnabled(true);
    show();
    m_address->setFocus(Qt::OtherFocusReason);
    m_address->lineEdit()->selectAll();
}

void ConnectStrip::showProblem(const QString& message) {
    m_connect->setEnabled(true);
    m_message->showMessage(message);
}

bool ConnectStrip::stepOut() {
    if (isHidden()) return false;
    hide();
    return true;
}

void ConnectStrip::submit() {
    static const QRegularExpression hostAndPort(QStringLiteral("^\\S+:\\d{1,5}$"));
    const QString address = m_address->currentText().trimmed();
    if (!hostAndPort.match(address).hasMatch()) {
        m_message->showMessage(tr("“%1” is no address. Write host and port, for example localhost:7233.").arg(address));
        return m_address->setFocus();
    }
    m_message->dismiss();
    m_connect->setEnabled(false);
    Q_EMIT connectRequested(address, m_namespace->text());
}

}  // namespace orrery::ui::connections
