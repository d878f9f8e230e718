// SPDX-License-Identifier: MIT
#pragma once

#include <QFrame>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/gateway/clock.h"
#include "views/bridge/merged.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace orrery::ui::shared {
class ElidedLabel;
class MessageBar;
class SegmentedButtons;
}  // namespace orrery::ui::shared

namespace orrery::ui::clock {

/// Time one can touch. The clock is not owned and must outlive the bar or be taken away by setClock(nullptr). UI
/// thread.
class ClockBar : public QFrame {
    Q_OBJECT

public:
    explicit ClockBar(QWidget* parent = nullptr);
    ~ClockBar() override;

    void setClock(gateway::ClockControl* clock);
    gateway::ClockControl* clock() const { return m_clock; }
    const gateway::ClockStatus& status() const { return m_status; }

    /// What the skip button skips, as text ("1d"); a text that is no duration is ignored.
    void setSkipBy(const QString& duration);
    QString skipBy() const { return m_skipBy; }
    /// Limits "run to event" to the run in front; empty means any.
    void setWorkflow(const std::string& workflowId, const std::string& runId);

    /// Shows this recorded time instead of the clock's, with a way back; nothing shows the clock again. The clock
    /// itself goes on.
    void setPast(std::optional<base::Timestamp> time);

    /// Closes the strip; false when it was not open.
    bool stepOut();

public Q_SLOTS:
    void pause();
    void resume();
    void step();
    void automatic();
    void skip();
    void openSkipForm();
    void openRunToForm();

Q_SIGNALS:
    /// Mode, due list or holders are others.
    void statusChanged();
    /// Virtual time as shown, at the pace of the display.
    void ticked();
    void skipByChanged(const QString& duration);
    void leavePastRequested();

private:
    enum class Form { None, Skip, RunTo };

    QWidget* makeBar();
    void addSteering(QWidget* bar, QHBoxLayout* row);
    void addPast(QWidget* bar, QHBoxLayout* row);
    void connectModes();
    QWidget* makeStrip();
    void showPast();
    void openForm(Form form);
    void submitForm();
    void runToTyped();
    void apply(const gateway::ClockStatus& status);
    void showStatus();
    void showTime();
    void showMode();
    /// Runs a call on the clock and shows what it refuses.
    void steer(const std::function<void(gateway::ClockControl&)>& call);

    gateway::ClockControl* m_clock = nullptr;
    std::unique_ptr<gateway::ClockSubscription> m_subscription;
    bridge::Merged<gateway::ClockStatus> m_merged;
    gateway::ClockStatus m_status;
    QString m_skipBy = QStringLiteral("1d");
    std::string m_workflowId;
    std::string m_runId;
    Form m_form = Form::None;
    std::optional<base::Timestamp> m_past;

    QLabel* m_face = nullptr;
    QLabel* m_note = nullptr;
    shared::SegmentedButtons* m_modes = nullptr;
    QPushButton* m_skip = nullptr;
    QPushButton* m_skipOther = nullptr;
    QPushButton* m_runTo = nullptr;
    QLabel* m_nextWord = nullptr;
    shared::ElidedLabel* m_next = nullptr;
    shared::ElidedLabel* m_held = nullptr;
    QPushButton* m_goOn = nullptr;
    shared::ElidedLabel* m_pastNote = nullptr;
    QPushButton* m_leave = nullptr;
    QWidget* m_strip = nullptr;
    QLabel* m_formLabel = nullptr;
    QComboBox* m_target = nullptr;
    QLineEdit* m_field = nullptr;
    QPushButton* m_submit = nullptr;
    shared::MessageBar* m_message = nullptr;
};

}  // namespace orrery::ui::clock
