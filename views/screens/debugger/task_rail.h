// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <functional>
#include <vector>

namespace orrery::ui::debugger {

/// The run's tasks on a line, past ones in brass, the shown one large. A click or a drag goes to a task; so do arrows,
/// Home and End. Painted: nothing is made per task. UI thread.
class TaskRail : public QWidget {
    Q_OBJECT

public:
    enum class Mark { None, Failed, Differs };

    explicit TaskRail(QWidget* parent = nullptr);

    /// One mark per task.
    void setTasks(std::vector<Mark> marks);
    /// -1 for none.
    void setCurrent(int task);
    int current() const { return m_current; }
    int count() const { return static_cast<int>(m_marks.size()); }
    /// Words for a task, shown while the pointer is on it.
    void setDescribe(std::function<QString(int)> describe) { m_describe = std::move(describe); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int task);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void goTo(int task);
    void paintDots(QPainter& painter) const;

    std::vector<Mark> m_marks;
    int m_current = -1;
    int m_hovered = -1;
    std::function<QString(int)> m_describe;
};

}  // namespace orrery::ui::debugger
