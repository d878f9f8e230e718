// SPDX-License-Identifier: MIT
#include "views/panels/payload/run_summary_panel.h"

#include <QBoxLayout>

#include "views/panels/payload/payload_view.h"
#include "views/shared/facts.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::payload {
namespace {

using namespace shared;

QString valuesText(const std::vector<::orrery::payload::RenderedPayload>& values) {
    QStringList all;
    for (const auto& value : values) all << text(value.text);
    return all.join(QLatin1Char('\n'));
}

Fact timeFact(const QString& label, std::optional<base::Timestamp> time) {
    if (!time) return {label, {}};
    return {label, timeText(*time, {}), exactTimeText(*time)};
}

void failureLines(const history::FailureInfo& failure, const QString& before, QStringList& lines) {
    const QString kind = failure.type.empty() ? QString() : QStringLiteral("%1: ").arg(text(failure.type));
    lines << before + kind + text(failure.message);
    for (const auto& cause : failure.causes) failureLines(cause, RunSummaryPanel::tr("caused by "), lines);
}

}  // namespace

RunSummaryPanel::RunSummaryPanel(QWidget* parent)
    : QWidget(parent),
      m_facts(new Facts(this)),
      m_inputTitle(makeLabel(tr("Input"), "strong", this)),
      m_input(new PayloadView(this)),
      m_resultTitle(makeLabel({}, "strong", this)),
      m_result(new PayloadView(this)) {
    setObjectName(QStringLiteral("runSummary"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * kGrid);
    column->addWidget(makeLabel(tr("This run"), "strong", this));
    column->addWidget(m_facts);
    column->addSpacing(kGrid);
    column->addWidget(m_inputTitle);
    column->addWidget(m_input);
    column->addWidget(m_resultTitle);
    column->addWidget(m_result);
    m_input->setObjectName(QStringLiteral("runInput"));
    m_result->setObjectName(QStringLiteral("runResult"));
    setHistory({});
}

void RunSummaryPanel::setHistory(const HistoryView& view) {
    const history::Summary run = view ? view.history->summary() : history::Summary{};
    const bool closed = run.closeTime.has_value() && run.startTime.has_value();
    const QString events = view ? numberText(static_cast<qint64>(view.history->size())) : QString();
    m_facts->setFacts({{tr("Type"), run.workflowType ? text(*run.workflowType) : QString()},
                       {tr("Status"), view ? look(run.status).word : QString()},
                       {tr("Events"), events},
                       timeFact(tr("Started"), run.startTime),
                       timeFact(tr("Closed"), run.closeTime),
                       {tr("Ran for"), closed ? durationText(*run.closeTime - *run.startTime) : QString()},
                       {tr("Queue"), text(run.taskQueue)},
                       {tr("Parent"), run.parent ? text(run.parent->workflowId) : QString()},
                       {tr("Goes on in"), text(run.continuedTo), {}, true},
                       {tr("Run"), text(run.runId), {}, true}});
    m_inputTitle->setVisible(!run.input.empty());
    m_input->setVisible(!run.input.empty());
    m_input->setContent(valuesText(run.input));
    QStringList ended;
    if (run.failure) failureLines(*run.failure, {}, ended);
    const QString result = run.failure ? ended.join(QLatin1Char('\n')) : valuesText(run.result);
    m_resultTitle->setText(run.failure ? tr("Failure") : tr("Result"));
    m_resultTitle->setVisible(!result.isEmpty());
    m_result->setVisible(!result.isEmpty());
    m_result->setContent(result);
}

}  // namespace orrery::ui::payload
