// SPDX-License-Identifier: MIT
#include "views/panels/messages/start_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
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

QHash<QString, QString> examplesOf(const QList<StartDefaults>& samples) {
    QHash<QString, QString> all;
    for (const StartDefaults& sample : samples) all.insert(sample.arguments);
    return all;
}

StartForm::StartForm(QList<StartDefaults> samples, QWidget* parent) : QWidget(parent), m_samples(std::move(samples)) {
    setObjectName(QStringLiteral("startForm"));
    setMaximumWidth(kFormWidth);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(4 * kGrid, 4 * kGrid, 4 * kGrid, 4 * kGrid);
    form->setHorizontalSpacing(kPadding);
    form->setVerticalSpacing(2 * kGrid);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(makeLabel(tr("Start a workflow"), "title", this));
    addChooser(form);
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

void StartForm::addChooser(QFormLayout* form) {
    m_sample = new QComboBox(this);
    m_sample->setObjectName(QStringLiteral("startSample"));
    m_sample->setAccessibleName(tr("Sample"));
    for (const StartDefaults& sample : m_samples) m_sample->addItem(sample.type);
    m_about = makeLabel({}, "small", this);
    m_about->setObjectName(QStringLiteral("startAbout"));
    m_about->setWordWrap(true);
    form->addRow(makeLabel(tr("Sample"), "secondary", this), m_sample);
    form->addRow(QString(), m_about);
    form->setRowVisible(m_sample, m_samples.size() > 1);
    form->setRowVisible(m_about, m_samples.size() > 1);
    // Only what a person chooses: reset() fills the fields itself.
    connect(m_sample, &QComboBox::activated, this, &StartForm::fill);
}

void StartForm::fill(int sample) {
    const StartDefaults chosen = m_samples.value(sample);
    m_about->setText(chosen.about);
    m_id->setText(freshId(chosen.idPrefix));
    m_type->setText(chosen.type);
    m_queue->setText(chosen.taskQueue);
    m_input->setText(chosen.input);
}

void StartForm::reset() {
    fill(m_sample->currentIndex());
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
