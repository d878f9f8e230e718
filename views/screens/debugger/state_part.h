// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <vector>

#include "views/screens/debugger/player.h"
#include "views/screens/debugger/state_format.h"

class QLabel;
class QVBoxLayout;

namespace orrery::ui::payload {
class PayloadView;
}

namespace orrery::ui::debugger {

/// What the workflow says of itself after a task: its queries' answers, with what changed since the task before. UI
/// thread.
class StatePart : public QWidget {
    Q_OBJECT

public:
    explicit StatePart(QWidget* parent = nullptr);

    /// `before` is nullptr when the answers one task earlier are not known.
    void setState(int task, const Answers* before, const Answers& now, const QString& details);
    /// There is no state, and this is why.
    void setNothing(const QString& why);
    /// Between two tasks: what is shown is not yet that of the new one.
    void setWaiting(int task);

private:
    struct Box {
        QLabel* name;
        payload::PayloadView* view;
        StateText state;
    };
    Box& box(size_t index);
    void hideBoxes(size_t from);
    int showAnswer(Box& box, const Answer& now, const Answer* before);

    QLabel* m_title;
    QLabel* m_details;
    QVBoxLayout* m_column;
    std::vector<Box> m_boxes;
    QLabel* m_note;
};

}  // namespace orrery::ui::debugger
