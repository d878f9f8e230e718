// SPDX-License-Identifier: MIT
#pragma once

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <vector>

#include "views/shared/icons.h"

class QButtonGroup;
class QHBoxLayout;

/// Small parts that every screen uses. All follow the theme by themselves. UI thread only.
namespace orrery::ui::shared {

/// A one-pixel line between parts.
class Hairline : public QFrame {
    Q_OBJECT

public:
    explicit Hairline(Qt::Orientation orientation = Qt::Horizontal, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    Qt::Orientation m_orientation;
};

/// A state in a word on a tint of its colour: "Running". Draws like the delegates of the lists do (paintChip).
class StatusChip : public QWidget {
    Q_OBJECT

public:
    explicit StatusChip(QWidget* parent = nullptr);
    void setStatus(const QString& word, Role role);
    QString word() const { return m_word; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QString m_word;
    Role m_role = Role::Secondary;
};

/// The chip's size for a word, and the chip itself, vertically centred at the left of rect.
QSize chipSize(const QString& word);
void paintChip(QPainter& painter, const QRect& rect, const QString& word, Role role);

/// Says what happened, to what and what to do, where it happened; stays until dismissed; the text can be copied.
class MessageBar : public QFrame {
    Q_OBJECT

public:
    enum class Tone { Notice, Success, Error };

    explicit MessageBar(QWidget* parent = nullptr);
    void showMessage(const QString& message, Tone tone = Tone::Error);
    /// A button before Copy, for example "Try again"; removed with the next message.
    QPushButton* addAction(const QString& label);
    QString message() const { return m_text->text(); }

public Q_SLOTS:
    void dismiss();

Q_SIGNALS:
    void dismissed();

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QLabel* m_icon;
    QLabel* m_text;
    QHBoxLayout* m_actions;
    Tone m_tone = Tone::Error;
};

/// What would be here, and the one button that brings it.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(const QString& title, const QString& detail = {}, const QString& button = {},
                        QWidget* parent = nullptr);
    void setText(const QString& title, const QString& detail);

Q_SIGNALS:
    void triggered();

private:
    QLabel* m_title;
    QLabel* m_detail;
};

/// A line edit with a looking glass, a clear button and a count of hits. Escape clears it first.
class SearchField : public QLineEdit {
    Q_OBJECT

public:
    explicit SearchField(const QString& placeholder, QWidget* parent = nullptr);
    /// "3 of 12"; empty hides it.
    void setHits(const QString& hits);

Q_SIGNALS:
    void nextRequested();
    void previousRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_hits;
};

/// A monospaced id, elided in the middle to the room it has; one click copies the whole and says so.
class CopyLabel : public QWidget {
    Q_OBJECT

public:
    explicit CopyLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setText(const QString& text);
    QString text() const { return m_text; }
    /// Longest shown; 0 for as long as there is room.
    void setMaxCharacters(int characters);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void copy();

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    QString m_text;
    int m_maxCharacters = 0;
    bool m_copied = false;
};

/// A row of buttons of which one is down: "All | Compact | JSON".
class SegmentedButtons : public QWidget {
    Q_OBJECT

public:
    explicit SegmentedButtons(const QStringList& labels, QWidget* parent = nullptr);
    int current() const;
    void setCurrent(int index);
    QPushButton* button(int index) const;
    int count() const;
    /// The down button in brass: for the clock.
    void setBrass(bool brass);

Q_SIGNALS:
    /// By a person, not by setCurrent.
    void chosen(int index);

private:
    QButtonGroup* m_group;
};

/// A panel's head, one toolbar high: strong title, secondary words after it, room for controls at the right.
class SectionHeader : public QWidget {
    Q_OBJECT

public:
    explicit SectionHeader(const QString& title, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setNote(const QString& note);
    void addWidget(QWidget* widget);

private:
    QLabel* m_title;
    QLabel* m_note;
    QHBoxLayout* m_layout;
};

/// Makers of what the style sheet knows by property.
QLabel* makeLabel(const QString& text, const char* role, QWidget* parent = nullptr);
QPushButton* makeButton(const QString& text, const QString& objectName, bool primary = false,
                        QWidget* parent = nullptr);
QPushButton* makeIconButton(Icon icon, const QString& toolTip, const QString& objectName, QWidget* parent = nullptr);

}  // namespace orrery::ui::shared
