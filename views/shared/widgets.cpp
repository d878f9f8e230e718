// SPDX-License-Identifier: MIT
#include "views/shared/widgets.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "views/shared/theme.h"

namespace orrery::ui::shared {

Hairline::Hairline(Qt::Orientation orientation, QWidget* parent) : QFrame(parent), m_orientation(orientation) {
    if (m_orientation == Qt::Horizontal) {
        setFixedHeight(kHairline);
    } else {
        setFixedWidth(kHairline);
    }
}

void Hairline::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), Theme::instance().colour(Role::Border)); }

QSize chipSize(const QString& word) {
    const QFontMetrics metrics(uiFont(TextSize::Small, Weight::Strong));
    return {metrics.horizontalAdvance(word) + 4 * kGrid - kHalfGrid, metrics.height() + kGrid};
}

void paintChip(QPainter& painter, const QRect& rect, const QString& word, Role role) {
    const Theme& theme = Theme::instance();
    const QSize size = chipSize(word).boundedTo(rect.size());
    const QRect chip(QPoint(rect.x(), rect.y() + (rect.height() - size.height()) / 2), size);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.tint(role, kChipTint));
    painter.drawRoundedRect(chip, kChipRadius, kChipRadius);
    painter.setFont(uiFont(TextSize::Small, Weight::Strong));
    painter.setPen(theme.colour(role));
    painter.drawText(chip, Qt::AlignCenter, word);
    painter.restore();
}

StatusChip::StatusChip(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); }

void StatusChip::setStatus(const QString& word, Role role) {
    m_word = word;
    m_role = role;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StatusChip::sizeHint() const { return chipSize(m_word); }

void StatusChip::paintEvent(QPaintEvent*) {
    if (m_word.isEmpty()) return;
    QPainter painter(this);
    paintChip(painter, rect(), m_word, m_role);
}

EmptyState::EmptyState(const QString& title, const QString& detail, const QString& button, QWidget* parent)
    : QWidget(parent), m_title(makeLabel(title, "strong", this)), m_detail(makeLabel(detail, "secondary", this)) {
    auto* column = new QVBoxLayout(this);
    column->setSpacing(2 * kGrid);
    column->addStretch(2);
    for (QLabel* label : {m_title, m_detail}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        column->addWidget(label);
    }
    if (!button.isEmpty()) {
        auto* action = makeButton(button, QStringLiteral("emptyStateButton"), true, this);
        connect(action, &QPushButton::clicked, this, &EmptyState::triggered);
        column->addSpacing(kGrid);
        column->addWidget(action, 0, Qt::AlignHCenter);
    }
    column->addStretch(3);
    m_detail->setVisible(!detail.isEmpty());
}

void EmptyState::setText(const QString& title, const QString& detail) {
    m_title->setText(title);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
}

SegmentedButtons::SegmentedButtons(const QStringList& labels, QWidget* parent)
    : QWidget(parent), m_group(new QButtonGroup(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int i = 0; i < labels.size(); ++i) {
        auto* segment = makeButton(labels[i], QStringLiteral("segment%1").arg(i), false, this);
        segment->setCheckable(true);
        segment->setProperty("segment", labels.size() == 1       ? "only"
                                        : i == 0                 ? "first"
                                        : i == labels.size() - 1 ? "last"
                                                                 : "middle");
        m_group->addButton(segment, i);
        row->addWidget(segment);
    }
    if (!labels.isEmpty()) m_group->button(0)->setChecked(true);
    connect(m_group, &QButtonGroup::idClicked, this, &SegmentedButtons::chosen);
}

int SegmentedButtons::current() const { return m_group->checkedId(); }

void SegmentedButtons::setCurrent(int index) {
    if (auto* segment = m_group->button(index)) segment->setChecked(true);
}

QPushButton* SegmentedButtons::button(int index) const { return qobject_cast<QPushButton*>(m_group->button(index)); }

int SegmentedButtons::count() const { return static_cast<int>(m_group->buttons().size()); }

void SegmentedButtons::setBrass(bool brass) {
    for (auto* segment : m_group->buttons()) segment->setProperty("brass", brass);
}

SectionHeader::SectionHeader(const QString& title, QWidget* parent)
    : QWidget(parent),
      m_title(makeLabel(title, "strong", this)),
      m_note(makeLabel({}, "secondary", this)),
      m_layout(new QHBoxLayout(this)) {
    setFixedHeight(kToolbar);
    m_layout->setContentsMargins(kPadding, 0, kPadding, 0);
    m_layout->setSpacing(2 * kGrid);
    m_layout->addWidget(m_title);
    m_layout->addWidget(m_note);
    m_layout->addStretch(1);
}

void SectionHeader::setTitle(const QString& title) { m_title->setText(title); }

void SectionHeader::setNote(const QString& note) { m_note->setText(note); }

void SectionHeader::addWidget(QWidget* widget) { m_layout->addWidget(widget); }

QLabel* makeLabel(const QString& text, const char* role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QPushButton* makeButton(const QString& text, const QString& objectName, bool primary, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setObjectName(objectName);
    button->setProperty("primary", primary);
    return button;
}

QPushButton* makeIconButton(Icon shape, const QString& toolTip, const QString& objectName, QWidget* parent) {
    auto* button = new QPushButton(parent);
    button->setIcon(icon(shape, Role::Secondary));
    button->setIconSize({kIcon, kIcon});
    button->setFlat(true);
    button->setProperty("flat", true);
    button->setProperty("iconOnly", true);
    button->setObjectName(objectName);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setFixedWidth(kRow + kHalfGrid);
    return button;
}

}  // namespace orrery::ui::shared
