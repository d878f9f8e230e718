// SPDX-License-Identifier: MIT
#include "views/panels/messages/start_form.h"

#include <QFormLayout>
#include <QLineEdit>
#include <QRandomGenerator>

#include "views/panels/messages/argument_editor.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::messages {
namespace {

using namespace shared;

constexpr int kFormWidth = 560;

QString freshId(const QString& prefix) {
    const int number = QRandomGenerator::global()->bounded(1000, 10000);
    return QStringLiteral("%1-%2").arg(prefix.isEmpty() ? QStringLiteral("workflow") : prefix).arg(number);
}

QLineEdit* addField(QFormLayout* form, const QString& label, const char* name) {
    auto* field = new QLineEdit(form->parentWidget());
    field->setObjectName(QLatin1String(name));
    field->setAccessibleName(label);
    field->setFont(fixedFont());
    form->addRow(makeLabel(label, "secondary", form->parentWidget()), field);
    return field;
}

}  // namespace

StartForm::StartForm(StartDefaults defaults, QWidget* parent) : QWidget(parent), m_defaults(std::move(defaults)) {
    setObjectName(QStringLiteral("startForm"));
    setMaximumWidth(kFormWidth);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(4 * kGrid, 4 * kGrid, 4 * kGrid, 4 * kGrid);
    form->setHorizontalSpacing(kPadding);
    form->setVerticalSpacing(2 * kGrid);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(makeLabel(tr("Start a workflow"), "title", this));
    m_id = addField(form, tr("Workflow id"), "startId");
    m_type = addField(form, tr("Type"), "startType");
    m_queue = addField(form, tr("Task queue"), "startQueue");
    m_input = new ArgumentEditor(this);
    form->addRow(makeLabel(tr("Input"), "secondary", this), m_input);
    m_message = new MessageBar(this);
    m_message->setObjectName(QStringLiteral("startError"));
    m_message->hide();
    form->addRow(m_message);
    m_start = makeButton(tr("Start"), QStringLiteral("startSubmit"), true, this);
    auto* submit = new QHBoxLayout;
    submit->addWidget(m_start);
    submit->addStretch(1);
    form->addRow(QString(), submit);
    form->addRow(QString(), makeLabel(tr("Return starts from any line, Ctrl Return from the input."), "small", this));
    for (QLineEdit* field : {m_id, m_type, m_queue}) connect(field, &QLineEdit::returnPressed, this, &StartForm::start);
    connect(m_input, &ArgumentEditor::sendRequested, this, &StartForm::start);
    connect(m_start, &QPushButton::clicked, this, &StartForm::start);
    reset();
}

StartForm::~StartForm() = default;

void StartForm::reset() {
    m_id->setText(freshId(m_defaults.idPrefix));
    m_type->setText(m_defaults.type);
    m_queue->setText(m_defaults.taskQueue);
    m_input->setText(m_defaults.input);
    m_message->dismiss();
    m_start->setEnabled(true);
    m_id->setFocus(Qt::OtherFocusReason);
    m_id->selectAll();
}

void StartForm::start() {
    m_message->dismiss();
    if (!m_cluster) return m_message->showMessage(tr("There is no server to start it on. Connect to one first."));
    for (QLineEdit* field : {m_id, m_type, m_queue}) {
        if (!field->text().trimmed().isEmpty()) continue;
        m_message->showMessage(tr("%1 is empty.").arg(field->accessibleName()));
        return field->setFocus();
    }
    auto input = m_input->payloads();
    if (!input) return;
    gateway::StartRequest request;
    request.workflowId = m_id->text().trimmed().toStdString();
    request.type = m_type->text().trimmed().toStdString();
    request.taskQueue = m_queue->text().trimmed().toStdString();
    request.input = std::move(*input);
    m_start->setEnabled(false);
    auto receive = [this](gateway::Outcome<gateway::WorkflowKey> outcome) {
        m_start->setEnabled(true);
        if (!outcome) return m_message->showMessage(text(outcome.problem().message));
        Q_EMIT started(outcome.value());
    };
    m_request = m_cluster->start(std::move(request), m_latest.deliver(this, std::move(receive)));
}

}  // namespace orrery::ui::messages
