// SPDX-License-Identifier: MIT
#include "views/screens/debugger/commands_part.h"

#include <QBoxLayout>
#include <QHeaderView>
#include <QTableView>

#include "views/screens/debugger/command_model.h"
#include "views/screens/debugger/delegates.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

namespace orrery::ui::debugger {

using namespace shared;

namespace {

constexpr int kRowsWanted = 3;

}  // namespace

CommandsPart::CommandsPart(QWidget* parent)
    : QWidget(parent),
      m_header(new SectionHeader(tr("Commands"), this)),
      m_verdict(new StatusChip(this)),
      m_badge(makeButton({}, QStringLiteral("debugDifference"), false, this)),
      m_model(new CommandModel(this)),
      m_table(new QTableView(this)),
      m_empty(makeLabel({}, "secondary", this)),
      m_sentence(new QLabel(this)) {
    setObjectName(QStringLiteral("debugCommandsPart"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_header->setNote(tr("recorded beside produced"));
    m_verdict->setObjectName(QStringLiteral("debugVerdict"));
    m_badge->setProperty("alarm", true);
    m_badge->setToolTip(tr("Go there  F8"));
    m_header->addWidget(m_verdict);
    m_header->addWidget(m_badge);
    connect(m_badge, &QPushButton::clicked, this, &CommandsPart::differenceWanted);
    makeTable();
    for (QLabel* label : {m_empty, m_sentence}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setContentsMargins(4 * kGrid, 2 * kGrid, 4 * kGrid, 2 * kGrid);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_empty->setObjectName(QStringLiteral("debugCommandsEmpty"));
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_sentence->setObjectName(QStringLiteral("debugDivergence"));
    for (QWidget* part : std::initializer_list<QWidget*>{m_header, m_sentence}) column->addWidget(part);
    column->insertWidget(1, m_table, 1);
    column->insertWidget(2, m_empty);
    column->addStretch(0);
    setWalk(false, std::nullopt);
    clear();
}

void CommandsPart::makeTable() {
    m_table->setObjectName(QStringLiteral("debugCommands"));
    m_table->setAccessibleName(tr("Commands of the task, recorded beside produced"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CommandDelegate(m_table));
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setMinimumSectionSize(kRow);
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    QHeaderView* head = m_table->horizontalHeader();
    head->setHighlightSections(false);
    head->setFixedHeight(kRow);
    const int digit = QFontMetrics(fixedFont()).horizontalAdvance(QLatin1Char('0'));
    head->setSectionResizeMode(QHeaderView::Stretch);
    head->setSectionResizeMode(CommandModel::EventColumn, QHeaderView::Fixed);
    head->setSectionResizeMode(CommandModel::VerdictColumn, QHeaderView::Fixed);
    head->resizeSection(CommandModel::EventColumn, 8 * digit);
    head->resizeSection(CommandModel::VerdictColumn, 24 * digit);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (!now.isValid()) return;
        Q_EMIT chosen(now.data(CommandModel::EventIdRole).toLongLong(),
                      m_model->commands()[static_cast<size_t>(now.row())].source);
    });
}

void CommandsPart::setStep(const replay::Step& step) {
    m_header->setTitle(tr("Commands of task %1").arg(step.task.number));
    m_model->setCommands(step.commands);
    // As tall as its rows, so that the sentence stands right below them.
    const int rows = static_cast<int>(step.commands.size());
    m_table->setMinimumHeight(kRow + Theme::instance().rowHeight());
    m_table->setMaximumHeight(kRow + rows * Theme::instance().rowHeight() + kGrid);
    m_table->setVisible(!step.commands.empty());
    m_empty->setVisible(step.commands.empty());
    m_empty->setText(step.reached ? tr("None: the run took in what came and went on waiting, then as now.")
                                  : tr("None are recorded for this task."));
    if (step.divergence) {
        m_sentence->setText(text(step.divergence->sentence));
        m_table->scrollTo(m_model->index(std::max(0, m_model->firstDifference()), 0));
    } else {
        m_sentence->clear();
    }
    m_sentence->setVisible(!m_sentence->text().isEmpty());
}

int CommandsPart::wantedHeight(int width) const {
    const int rows = std::clamp(m_model->rowCount(), 1, kRowsWanted);
    const int sentence = m_sentence->isHidden() ? 0 : m_sentence->heightForWidth(width);
    return kToolbar + kRow + rows * Theme::instance().rowHeight() + kGrid + sentence;
}

void CommandsPart::setWalk(bool complete, const std::optional<replay::Divergence>& first) {
    m_badge->setVisible(first.has_value());
    m_verdict->setVisible(complete && !first);
    m_verdict->setStatus(tr("no difference in the whole run"), Role::Completed);
    if (!first) return;
    const QString words = tr("first difference at event %1").arg(first->eventId);
    m_badge->setText(words);
    m_badge->setAccessibleName(tr("Go to the %1").arg(words));
}

void CommandsPart::clear() {
    m_header->setTitle(tr("Commands"));
    m_model->setCommands({});
    m_table->hide();
    m_sentence->hide();
    m_empty->clear();
    m_empty->show();
}

}  // namespace orrery::ui::debugger
