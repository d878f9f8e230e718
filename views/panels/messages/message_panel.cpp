// SPDX-License-Identifier: MIT
#include "views/panels/messages/message_panel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>

#include "core/payload/render.h"
#include "views/panels/messages/argument_editor.h"
#include "views/shared/elided_label.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::messages {
namespace {

using namespace shared;

constexpr int kSentShown = 6;
/// A workflow can only say its handlers while a worker runs; until then it is asked again.
constexpr std::chrono::seconds kAskAgain{2};
constexpr int kResultLines = 4;

bool hasName(MessageKind kind) { return kind != MessageKind::Cancel && kind != MessageKind::Terminate; }

QString verb(MessageKind kind) {
    switch (kind) {
        case MessageKind::Signal: return MessagePanel::tr("Signal");
        case MessageKind::Query: return MessagePanel::tr("Query");
        case MessageKind::Update: return MessagePanel::tr("Update");
        case MessageKind::Cancel: return MessagePanel::tr("Cancel");
        case MessageKind::Terminate: return MessagePanel::tr("Terminate");
    }
    return {};
}

QString submitText(MessageKind kind, const QString& workflowId) {
    switch (kind) {
        case MessageKind::Signal: return MessagePanel::tr("Send signal");
        case MessageKind::Query: return MessagePanel::tr("Ask");
        case MessageKind::Update: return MessagePanel::tr("Send update");
        case MessageKind::Cancel: return MessagePanel::tr("Ask %1 to cancel").arg(workflowId);
        case MessageKind::Terminate: return MessagePanel::tr("Terminate %1").arg(workflowId);
    }
    return {};
}

QString wordsOf(MessageKind kind, const QString& workflowId) {
    if (kind == MessageKind::Cancel) {
        return MessagePanel::tr("The code of %1 is told and may clean up before it ends.").arg(workflowId);
    }
    if (kind == MessageKind::Terminate) {
        return MessagePanel::tr("%1 ends at once: its code gets no chance to clean up, and this cannot be undone.")
            .arg(workflowId);
    }
    return {};
}

QString rendered(const ::orrery::payload::Payloads& payloads) {
    QStringList values;
    for (const ::orrery::payload::Payload& value : payloads) {
        values << text(::orrery::payload::renderPayload(value, ::orrery::payload::RenderStyle::Pretty).text);
    }
    return values.join(QLatin1Char('\n'));
}

}  // namespace

MessagePanel::MessagePanel(std::shared_ptr<gateway::Cluster> cluster, gateway::WorkflowKey workflow, QWidget* parent)
    : QWidget(parent), m_cluster(std::move(cluster)), m_workflow(std::move(workflow)) {
    setObjectName(QStringLiteral("messagePanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * kGrid);
    column->addWidget(makeForm());
    m_sentTitle = makeLabel(tr("Sent"), "strong", this);
    column->addWidget(m_sentTitle);
    m_sentLines = new QVBoxLayout;
    m_sentLines->setSpacing(kGrid);
    column->addLayout(m_sentLines);
    m_form->hide();
    m_sentTitle->hide();
    hide();
    m_again.setSingleShot(true);
    m_again.setInterval(kAskAgain);
    connect(&m_again, &QTimer::timeout, this, &MessagePanel::refreshHandlers);
}

MessagePanel::~MessagePanel() = default;

QWidget* MessagePanel::makeForm() {
    m_form = new QWidget(this);
    auto* column = new QVBoxLayout(m_form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    auto* head = new QHBoxLayout;
    m_title = makeLabel({}, "strong", m_form);
    auto* close = makeIconButton(Icon::Close, tr("Close (Escape)"), QStringLiteral("messageClose"), m_form);
    connect(close, &QPushButton::clicked, this, &MessagePanel::stepOut);
    head->addWidget(m_title, 1);
    head->addWidget(close);
    column->addLayout(head);
    m_words = makeLabel({}, "secondary", m_form);
    m_words->setWordWrap(true);
    column->addWidget(m_words);
    makeFields();
    column->addLayout(placeFields());
    wireForm();
    return m_form;
}

void MessagePanel::makeFields() {
    m_nameLabel = makeLabel(tr("Name"), "secondary", m_form);
    m_name = new QComboBox(m_form);
    m_name->setObjectName(QStringLiteral("messageName"));
    m_name->setAccessibleName(tr("Name"));
    m_name->setEditable(true);
    m_name->setInsertPolicy(QComboBox::NoInsert);
    m_description = makeLabel({}, "secondary", m_form);
    m_description->setWordWrap(true);
    m_inputLabel = makeLabel(tr("Input"), "secondary", m_form);
    m_input = new ArgumentEditor(m_form);
    m_reasonLabel = makeLabel(tr("Reason"), "secondary", m_form);
    m_reason = new QLineEdit(m_form);
    m_reason->setObjectName(QStringLiteral("messageReason"));
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setPlaceholderText(tr("kept in the history"));
    m_send = makeButton({}, QStringLiteral("messageSend"), true, m_form);
    m_message = new MessageBar(m_form);
    m_message->setObjectName(QStringLiteral("messageError"));
    m_message->hide();
    m_resultTitle = makeLabel(tr("Answer"), "secondary", m_form);
    m_result = new QPlainTextEdit(m_form);
    m_result->setObjectName(QStringLiteral("messageResult"));
    m_result->setProperty("payload", true);
    m_result->setReadOnly(true);
    m_result->setTabChangesFocus(true);
    m_result->setFont(fixedFont());
    m_result->setFixedHeight(kResultLines * QFontMetrics(fixedFont()).lineSpacing());
}

QGridLayout* MessagePanel::placeFields() {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(kPadding);
    grid->setVerticalSpacing(kGrid);
    grid->setColumnMinimumWidth(0, kFactLabel / 2);
    grid->setColumnStretch(1, 1);
    const std::pair<QWidget*, QWidget*> rows[] = {{m_nameLabel, m_name},   {nullptr, m_description},
                                                  {m_inputLabel, m_input}, {m_reasonLabel, m_reason},
                                                  {nullptr, m_message},    {m_resultTitle, m_result}};
    int line = 0;
    for (const auto& [label, field] : rows) {
        if (label != nullptr) grid->addWidget(label, line, 0, Qt::AlignTop);
        grid->addWidget(field, line++, 1);
        if (field == m_message) grid->addWidget(m_send, line++, 1, Qt::AlignLeft);
    }
    return grid;
}

void MessagePanel::wireForm() {
    connect(m_send, &QPushButton::clicked, this, &MessagePanel::send);
    connect(m_input, &ArgumentEditor::sendRequested, this, &MessagePanel::send);
    connect(m_reason, &QLineEdit::returnPressed, this, &MessagePanel::send);
    connect(m_name->lineEdit(), &QLineEdit::returnPressed, this, &MessagePanel::send);
    connect(m_name, &QComboBox::currentTextChanged, this, [this](const QString& name) {
        m_description->clear();
        for (const auto& handler : handlersOf(m_kind)) {
            if (text(handler.name) == name) m_description->setText(text(handler.description));
        }
        m_description->setVisible(!m_description->text().isEmpty());
        const auto draft = m_drafts.find(verb(m_kind) + QLatin1Char(' ') + name);
        m_input->setText(draft != m_drafts.end() ? draft->second : m_examples.value(name));
    });
}

void MessagePanel::open(MessageKind kind) {
    const bool another = kind != m_kind || m_form->isHidden();
    m_kind = kind;
    m_form->show();
    show();
    if (another) showKind();
    if (hasName(kind)) refreshHandlers();
    if (hasName(kind)) {
        m_name->setFocus(Qt::OtherFocusReason);
    } else {
        m_reason->setFocus(Qt::OtherFocusReason);
    }
    Q_EMIT opened();
}

bool MessagePanel::stepOut() {
    if (m_form->isHidden()) return false;
    m_form->hide();
    m_again.stop();
    setVisible(!m_sent.empty());
    Q_EMIT closed();
    return true;
}

void MessagePanel::setNow(base::Timestamp now) {
    m_now = now;
    showSent();
}

void MessagePanel::showKind() {
    const QString id = text(m_workflow.workflowId);
    const bool named = hasName(m_kind);
    m_title->setText(verb(m_kind));
    m_words->setText(wordsOf(m_kind, id));
    m_words->setVisible(!named);
    for (QWidget* part : std::initializer_list<QWidget*>{m_nameLabel, m_name, m_inputLabel, m_input})
        part->setVisible(named);
    for (QWidget* part : std::initializer_list<QWidget*>{m_reasonLabel, m_reason}) part->setVisible(!named);
    m_description->hide();
    m_send->setText(submitText(m_kind, id));
    m_send->setEnabled(true);
    m_message->dismiss();
    m_resultTitle->hide();
    m_result->hide();
    showNames();
}

const std::vector<gateway::HandlerInfo>& MessagePanel::handlersOf(MessageKind kind) const {
    if (kind == MessageKind::Query) return m_handlers.queries;
    if (kind == MessageKind::Update) return m_handlers.updates;
    return m_handlers.signals;
}

// What was typed stays; the built-in names that start with two underscores are no business of a form.
void MessagePanel::showNames() {
    const QString typed = m_name->currentText();
    QStringList names;
    for (const auto& handler : handlersOf(m_kind)) {
        if (!handler.name.empty() && !handler.name.starts_with("__")) names << text(handler.name);
    }
    m_name->clear();
    m_name->addItems(names);
    if (!typed.isEmpty() && names.contains(typed)) m_name->setCurrentText(typed);
    if (names.isEmpty()) m_name->setCurrentText({});
    m_name->lineEdit()->setPlaceholderText(names.isEmpty() && m_asked ? tr("the workflow names none")
                                                                      : tr("handler name"));
    if (!m_handlersProblem.isEmpty()) {
        m_description->setText(tr("The workflow does not say which names it takes: %1").arg(m_handlersProblem));
        m_description->show();
    }
}

void MessagePanel::refreshHandlers() {
    auto receive = [this](gateway::Outcome<gateway::Handlers> outcome) {
        m_asked = true;
        m_handlersProblem = outcome ? QString() : text(outcome.problem().message);
        if (outcome) m_handlers = std::move(outcome).value();
        if (!hasName(m_kind)) return;
        showNames();
        if (!outcome && !m_form->isHidden()) m_again.start();
    };
    m_handlersRequest = m_cluster->handlers(m_workflow, m_handlersLatest.deliver(this, std::move(receive)));
}

// An editable combo box tells of Return twice: once for its line, once for itself.
void MessagePanel::send() {
    if (!m_send->isEnabled()) return;
    m_message->dismiss();
    if (!hasName(m_kind)) return sendStop(m_kind == MessageKind::Terminate);
    const QString name = m_name->currentText().trimmed();
    if (name.isEmpty()) {
        m_message->showMessage(tr("Which %1? Choose or write a name.").arg(verb(m_kind).toLower()));
        m_name->setFocus();
        return;
    }
    auto input = m_input->payloads();
    if (!input) return;
    m_drafts[verb(m_kind) + QLatin1Char(' ') + name] = m_input->text();
    m_send->setEnabled(false);
    const std::string utf8 = name.toStdString();
    if (m_kind == MessageKind::Signal) sendSignal(utf8, std::move(*input));
    if (m_kind == MessageKind::Query) sendQuery(utf8, std::move(*input));
    if (m_kind == MessageKind::Update) sendUpdate(utf8, std::move(*input));
}

template <class T, class Describe>
gateway::Callback<T> MessagePanel::finish(QString what, Describe describe) {
    return bridge::deliver(this, [this, what = std::move(what), describe](gateway::Outcome<T> outcome) {
        m_send->setEnabled(true);
        if (!outcome) {
            m_message->showMessage(text(outcome.problem().message));
            return finished(what, text(outcome.problem().message), true);
        }
        describe(outcome.value());
    });
}

void MessagePanel::sendSignal(const std::string& name, ::orrery::payload::Payloads input) {
    const QString what = tr("signal %1").arg(text(name));
    m_requests.push_back(m_cluster->signal(
        {m_workflow, name, std::move(input)},
        finish<gateway::Done>(what, [this, what](const gateway::Done&) { finished(what, tr("delivered"), false); })));
}

void MessagePanel::sendQuery(const std::string& name, ::orrery::payload::Payloads input) {
    const QString what = tr("query %1").arg(text(name));
    auto describe = [this, what](const gateway::QueryAnswer& answer) {
        if (answer.rejected) return finished(what, tr("refused: the run is not open"), true);
        showResult(answer.result);
        finished(what, oneLine(rendered(answer.result), 40), false);
    };
    m_requests.push_back(
        m_cluster->query({m_workflow, name, std::move(input)}, finish<gateway::QueryAnswer>(what, describe)));
}

void MessagePanel::sendUpdate(const std::string& name, ::orrery::payload::Payloads input) {
    const QString what = tr("update %1").arg(text(name));
    auto describe = [this, what](const gateway::UpdateAnswer& answer) {
        if (answer.failure) {
            m_message->showMessage(text(answer.failure->message));
            return finished(what, text(answer.failure->message), true);
        }
        showResult(answer.result);
        finished(what, oneLine(rendered(answer.result), 40), false);
    };
    gateway::UpdateRequest request;
    request.workflow = m_workflow;
    request.name = name;
    request.input = std::move(input);
    m_requests.push_back(m_cluster->update(std::move(request), finish<gateway::UpdateAnswer>(what, describe)));
}

void MessagePanel::sendStop(bool terminate) {
    const std::string reason = m_reason->text().trimmed().toStdString();
    const QString what = terminate ? tr("terminate") : tr("cancel");
    m_send->setEnabled(false);
    auto callback = finish<gateway::Done>(what, [this, what](const gateway::Done&) {
        finished(what, tr("done"), false);
        stepOut();
    });
    m_requests.push_back(terminate ? m_cluster->terminate(m_workflow, reason, std::move(callback))
                                   : m_cluster->cancel(m_workflow, reason, std::move(callback)));
}

void MessagePanel::showResult(const ::orrery::payload::Payloads& result) {
    const QString words = rendered(result);
    m_result->setPlainText(words.isEmpty() ? tr("no value") : words);
    m_resultTitle->show();
    m_result->show();
}

void MessagePanel::finished(const QString& what, const QString& outcome, bool failed) {
    m_sent.insert(m_sent.begin(), {m_now, what, outcome, failed});
    showSent();
    if (!failed) Q_EMIT sent(what);
}

void MessagePanel::showSent() {
    m_sentTitle->setVisible(!m_sent.empty());
    while (m_sentLines->count() < std::min<int>(kSentShown, static_cast<int>(m_sent.size()))) {
        auto* line = new ElidedLabel({}, this);
        line->setObjectName(QStringLiteral("sent%1").arg(m_sentLines->count()));
        m_sentLines->addWidget(line);
    }
    for (int i = 0; i < m_sentLines->count(); ++i) {
        const Sent& entry = m_sent[static_cast<size_t>(i)];
        auto* line = static_cast<ElidedLabel*>(m_sentLines->itemAt(i)->widget());
        line->setRole(entry.failed ? Role::Failed : Role::Secondary);
        const QString words =
            QStringLiteral("%1: %2, %3").arg(entry.what, entry.outcome, relativeText(entry.at, m_now));
        if (line->text() != words) line->setText(words);
        line->setDetail(words);
    }
}

}  // namespace orrery::ui::messages
