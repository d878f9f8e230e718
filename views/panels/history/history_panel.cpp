// SPDX-License-Identifier: MIT
#include "views/panels/history/history_panel.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "views/shared/json_format.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"

namespace orrery::ui::history_table {

using shared::kGrid;
using shared::Theme;

namespace {

constexpr int kSliceMilliseconds = 6;  // of a search, so that typing stays smooth

}  // namespace

HistoryPanel::HistoryPanel(shared::Selection* selection, QWidget* parent)
    : QWidget(parent),
      m_selection(selection),
      m_model(new HistoryModel(this)),
      m_delegate(new HistoryDelegate(selection, this)),
      m_table(new QTableView(this)),
      m_header(new shared::SectionHeader(tr("History"), this)),
      m_modes(new shared::SegmentedButtons({tr("All"), tr("Compact")}, this)),
      m_search(new shared::SearchField(tr("Find in history"), this)),
      m_live(shared::makeLabel({}, "secondary", this)) {
    setObjectName(QStringLiteral("historyPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_table, 1);
    makeHead();
    makeTable();
    m_searchTimer.setInterval(0);
    connect(&m_searchTimer, &QTimer::timeout, this, &HistoryPanel::searchSlice);
    connect(m_selection, &shared::Selection::changed, this, &HistoryPanel::follow);
    connect(m_selection, &shared::Selection::revealed, this, &HistoryPanel::follow);
    connect(m_selection, &shared::Selection::hoverChanged, m_table->viewport(), qOverload<>(&QWidget::update));
}

void HistoryPanel::makeHead() {
    m_modes->setObjectName(QStringLiteral("historyModes"));
    m_modes->button(0)->setToolTip(tr("Every event"));
    m_modes->button(1)->setToolTip(tr("One row for everything that belongs together"));
    m_search->setObjectName(QStringLiteral("historySearch"));
    m_header->addWidget(m_live);
    m_header->addWidget(m_search);
    m_header->addWidget(m_modes);
    connect(m_modes, &shared::SegmentedButtons::chosen, this,
            [this](int index) { setMode(index == 0 ? HistoryModel::Mode::All : HistoryModel::Mode::Compact); });
    connect(m_search, &QLineEdit::textChanged, this, &HistoryPanel::scheduleSearch);
    connect(m_search, &shared::SearchField::nextRequested, this, &HistoryPanel::findNext);
    connect(m_search, &shared::SearchField::previousRequested, this, &HistoryPanel::findPrevious);
}

void HistoryPanel::makeTable() {
    m_table->setObjectName(QStringLiteral("historyTable"));
    m_table->setAccessibleName(tr("Events of the history"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(m_delegate);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setMouseTracking(true);
    m_table->viewport()->installEventFilter(this);
    m_table->installEventFilter(this);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setMinimumSectionSize(shared::kRow);
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setFixedHeight(shared::kRow);
    m_table->horizontalHeader()->setStretchLastSection(true);
    setWidths();
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
        m_table->viewport()->update();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &HistoryPanel::currentMoved);
    connect(m_table, &QWidget::customContextMenuRequested, this, &HistoryPanel::menuAt);
}

void HistoryPanel::setWidths() {
    const QFontMetrics fixed(shared::fixedFont());
    const int digit = fixed.horizontalAdvance(QLatin1Char('0'));
    const int padding = 4 * kGrid;
    m_table->setColumnWidth(HistoryModel::Number, 9 * digit + padding);
    m_table->setColumnWidth(HistoryModel::Time, 20 * digit + padding);
    m_table->setColumnWidth(HistoryModel::Event, 30 * digit + padding);
    m_table->setColumnWidth(HistoryModel::Name, 24 * digit + padding);
}

void HistoryPanel::setHistory(const shared::HistoryView& view) {
    m_model->setHistory(view);
    if (!m_search->text().isEmpty()) scheduleSearch();
}

void HistoryPanel::showHistory(const shared::HistoryView& view) {
    m_model->showHistory(view);
    m_table->scrollToTop();
    if (!m_search->text().isEmpty()) scheduleSearch();
}

void HistoryPanel::setLive(bool live) { m_live->setText(live ? tr("live \u25cf") : QString()); }

void HistoryPanel::setMode(HistoryModel::Mode mode) {
    m_modes->setCurrent(mode == HistoryModel::Mode::All ? 0 : 1);
    m_model->setMode(mode);
    if (!m_search->text().isEmpty()) scheduleSearch();
    follow();
}

void HistoryPanel::focusSearch() {
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void HistoryPanel::currentMoved(const QModelIndex& current) {
    if (!current.isValid() || m_following) return;
    m_selection->select(m_model->eventIdOf(current.row()), m_model->groupIdOf(current.row()));
}

void HistoryPanel::makeCurrent(const QModelIndex& index) {
    // Not the view's own setCurrentIndex: that one looks at the keys held down, which belong to somebody else here.
    m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_table->scrollTo(index);
}

void HistoryPanel::follow() {
    const int row = m_model->rowOf(m_selection->eventId());
    m_following = true;
    if (row < 0) {
        m_table->clearSelection();
        m_table->setCurrentIndex({});
    } else if (m_table->currentIndex().row() != row) {
        const QModelIndex index = m_model->index(row, std::max(m_table->currentIndex().column(), 0));
        const bool seen = m_table->viewport()->rect().contains(m_table->visualRect(index));
        makeCurrent(index);
        // From afar it comes to the middle, so that its neighbours are seen as well.
        if (!seen) m_table->scrollTo(index, QAbstractItemView::PositionAtCenter);
    }
    m_following = false;
    m_table->viewport()->update();
}

void HistoryPanel::scheduleSearch() {
    m_hits.clear();
    m_searched = 0;
    m_stepWhenFound = true;
    m_delegate->setNeedle(m_search->text());
    if (m_search->text().isEmpty()) {
        m_searchTimer.stop();
    } else {
        m_searchTimer.start();
    }
    showHits();
    m_table->viewport()->update();
}

void HistoryPanel::searchSlice() {
    QElapsedTimer taken;
    taken.start();
    const QString needle = m_search->text();
    const int rows = m_model->rowCount();
    while (m_searched < rows && taken.elapsed() < kSliceMilliseconds) {
        if (m_model->matches(m_searched, needle)) m_hits.push_back(m_searched);
        ++m_searched;
    }
    if (m_stepWhenFound && !m_hits.empty()) {
        // The first hit comes into view at once; the selection stays until Enter.
        m_table->scrollTo(m_model->index(m_hits.front(), 0));
        m_stepWhenFound = false;
    }
    if (m_searched >= rows) m_searchTimer.stop();
    showHits();
}

void HistoryPanel::showHits() {
    if (m_search->text().isEmpty()) {
        m_search->setHits({});
        return;
    }
    const auto current = std::find(m_hits.begin(), m_hits.end(), m_table->currentIndex().row());
    const QString count = shared::numberText(static_cast<qint64>(m_hits.size()));
    m_search->setHits(current == m_hits.end() ? count : tr("%1 of %2").arg(current - m_hits.begin() + 1).arg(count));
}

void HistoryPanel::step(int direction) {
    if (m_hits.empty()) return;
    const int row = m_table->currentIndex().isValid() ? m_table->currentIndex().row() : -1;
    auto next = direction > 0 ? std::upper_bound(m_hits.begin(), m_hits.end(), row)
                              : std::lower_bound(m_hits.begin(), m_hits.end(), row);
    if (direction > 0) {
        if (next == m_hits.end()) next = m_hits.begin();
    } else {
        if (next == m_hits.begin()) next = m_hits.end();
        --next;
    }
    makeCurrent(m_model->index(*next, 0));
    m_table->scrollTo(m_model->index(*next, 0), QAbstractItemView::PositionAtCenter);
    showHits();
}

void HistoryPanel::findNext() { step(1); }

void HistoryPanel::findPrevious() { step(-1); }

void HistoryPanel::copySelected() {
    QStringList lines;
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex& index : rows) lines += m_model->rowText(index.row());
    if (!lines.isEmpty()) QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void HistoryPanel::menuAt(const QPoint& position) {
    const QModelIndex index = m_table->indexAt(position);
    if (!index.isValid()) return;
    const int64_t id = m_model->eventIdOf(index.row());
    QMenu menu(this);
    menu.addAction(tr("Copy rows"), QKeySequence::Copy, this, &HistoryPanel::copySelected);
    menu.addAction(tr("Copy \u201c%1\u201d").arg(shared::oneLine(index.data().toString(), 32)), this,
                   [&] { QGuiApplication::clipboard()->setText(index.data().toString()); });
    menu.addAction(tr("Copy event %1 as JSON").arg(id), this, [&] {
        const auto event = m_model->view().history->find(id);
        if (event) QGuiApplication::clipboard()->setText(shared::prettyJson(shared::text(event->json())));
    });
    menu.exec(m_table->viewport()->mapToGlobal(position));
}

bool HistoryPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table->viewport()) {
        if (event->type() == QEvent::MouseMove) {
            const QModelIndex index = m_table->indexAt(static_cast<QMouseEvent*>(event)->position().toPoint());
            m_selection->hover(index.isValid() ? m_model->groupIdOf(index.row()) : 0);
        } else if (event->type() == QEvent::Leave) {
            m_selection->hover(0);
        }
    } else if (watched == m_table && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Copy)) {
            copySelected();
            return true;
        }
        if (key->key() == Qt::Key_Home || key->key() == Qt::Key_End) {
            const int row = key->key() == Qt::Key_Home ? 0 : m_model->rowCount() - 1;
            if (row >= 0) makeCurrent(m_model->index(row, 0));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

HistoryDelegate::HistoryDelegate(shared::Selection* selection, QObject* parent)
    : QStyledItemDelegate(parent), m_selection(selection) {}

QSize HistoryDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {8 * kGrid, Theme::instance().rowHeight()};
}

void HistoryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const auto event = index.data(HistoryModel::EventIdRole).toLongLong();
    const auto group = index.data(HistoryModel::GroupIdRole).toLongLong();
    const bool chosen = event == m_selection->eventId() || option.state.testFlag(QStyle::State_Selected);
    const bool together = group != 0 && group == m_selection->groupId();
    const bool hovered = group != 0 && group == m_selection->hoveredGroup();
    if (chosen || together) {
        painter->fillRect(option.rect, theme.tint(shared::Role::Accent, shared::kSelectionTint));
    } else if (hovered) {
        painter->fillRect(option.rect, theme.tint(shared::Role::Accent, shared::kHoverTint));
    }
    if (chosen && index.column() == 0) {
        painter->fillRect(option.rect.x(), option.rect.y(), shared::kMark, option.rect.height(),
                          theme.colour(shared::Role::Accent));
    }
    QRect text = option.rect.adjusted(2 * kGrid, 0, -2 * kGrid, 0);
    const int column = index.column();
    if (column == HistoryModel::Event) {
        const QRect icon(text.x(), text.y(), shared::kIcon, text.height());
        shared::paintIcon(*painter, icon, static_cast<shared::Icon>(index.data(HistoryModel::IconRole).toInt()),
                          theme.colour(static_cast<shared::Role>(index.data(HistoryModel::ColourRole).toInt())));
        text.setLeft(text.left() + shared::kIcon + 2 * kGrid);
    }
    const bool fixed =
        column == HistoryModel::Number || column == HistoryModel::Time || column == HistoryModel::Details;
    const bool red = index.data(HistoryModel::FailedRole).toBool() && column != HistoryModel::Number &&
                     column != HistoryModel::Time && column != HistoryModel::Name;
    const QFont font = fixed ? shared::fixedFont(shared::TextSize::Small) : shared::uiFont();
    painter->setFont(font);
    painter->setPen(theme.colour(red ? shared::Role::Failed : fixed ? shared::Role::Secondary : shared::Role::Text));
    const QString shown =
        QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, std::max(text.width(), 0));
    painter->drawText(
        text, static_cast<int>(Qt::AlignVCenter) | (column == HistoryModel::Number ? Qt::AlignRight : Qt::AlignLeft),
        shown);
    if (!m_needle.isEmpty() && column != HistoryModel::Number) paintNeedle(painter, text, shown);
}

void HistoryDelegate::paintNeedle(QPainter* painter, const QRect& rect, const QString& shown) const {
    const auto at = shown.indexOf(m_needle, 0, Qt::CaseInsensitive);
    if (at < 0) return;
    const QFontMetrics metrics(painter->font());
    const int left = rect.x() + metrics.horizontalAdvance(shown.left(at));
    const int width = metrics.horizontalAdvance(shown.mid(at, m_needle.size()));
    const int y = rect.y() + (rect.height() + metrics.ascent()) / 2;
    painter->fillRect(left, y, width, 2, Theme::instance().colour(shared::Role::Accent));
}

}  // namespace orrery::ui::history_table
