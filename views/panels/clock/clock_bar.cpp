// SPDX-License-Identifier: MIT
#include "views/panels/clock/clock_bar.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLineEdit>
#include <QTimer>

#include "core/base/error.h"
#include "views/panels/clock/clock_format.h"
#include "views/shared/elided_label.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::clock {
namespace {

using namespace shared;
using gateway::ClockControl;
using gateway::ClockMode;

enum Segment { Pause, Real, Step, Automatic };
enum Target { Time, NextDue, NextTimer, RunCloses };

constexpr std::chrono::milliseconds kTick{200};

constexpr std::pair<Segment, Icon> kShapes[] = {
    {Pause, Icon::Pause}, {Real, Icon::Play}, {Step, Icon::Step}, {Automatic, Icon::Automatic}};

int segmentOf(ClockMode mode, int present) {
    switch (mode) {
        case ClockMode::Real: return Real;
        case ClockMode::Paused: return Pause;
        case ClockMode::Step: return Step;
        case ClockMode::RunTo: return Pause;
        case ClockMode::Skip: return present;
        case ClockMode::Automatic: return Automatic;
    }
    return present;
}

QPushButton* brassButton(const QString& text, const QString& name, QWidget* parent) {
    QPushButton* button = makeButton(text, name, false, parent);
    button->setProperty("brass", true);
    button->setCheckable(true);
    return button;
}

void nameSegment(SegmentedButtons* group, int index, const char* name, const QString& tip) {
    QPushButton* button = group->button(index);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
}

}  // namespace

ClockBar::ClockBar(QWidget* parent)
    : QFrame(parent), m_merged(this, [this](const gateway::ClockStatus& status) { apply(status); }) {
    setObjectName(QStringLiteral("clockBar"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(new Hairline(Qt::Horizontal, this));
    m_message = new MessageBar(this);
    m_message->setObjectName(QStringLiteral("clockMessage"));
    m_message->hide();
    column->addWidget(m_message);
    column->addWidget(makeStrip());
    column->addWidget(makeBar());
    auto* tick = new QTimer(this);
    connect(tick, &QTimer::timeout, this, &ClockBar::showTime);
    tick->start(kTick);
    showStatus();
}

ClockBar::~ClockBar() = default;

QWidget* ClockBar::makeBar() {
    auto* bar = new QWidget(this);
    bar->setProperty("brassGround", true);
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(kTopBar + kGrid);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(kPadding, 0, kPadding, 0);
    row->setSpacing(kPadding);
    m_face = makeLabel({}, "brass", bar);
    m_face->setObjectName(QStringLiteral("clockFace"));
    QFont face = fixedFont(TextSize::Title);
    face.setWeight(QFont::DemiBold);
    m_face->setFont(face);
    m_face->setAccessibleName(tr("Time of the server"));
    m_note = makeLabel({}, "secondary", bar);
    m_note->setObjectName(QStringLiteral("clockNote"));
    row->addWidget(m_face);
    row->addWidget(m_note);
    addSteering(bar, row);
    addPast(bar, row);
    return bar;
}

void ClockBar::addSteering(QWidget* bar, QHBoxLayout* row) {
    m_modes = new SegmentedButtons({tr("pause"), tr("real"), tr("step"), tr("auto")}, bar);
    m_modes->setBrass(true);
    nameSegment(m_modes, Pause, "clockPause", tr("Stop time here"));
    nameSegment(m_modes, Real, "clockReal", tr("Let time run as on the wall"));
    nameSegment(m_modes, Step, "clockStep", tr("To the next due thing, then stand"));
    nameSegment(m_modes, Automatic, "clockAutomatic", tr("Skip whenever nothing runs"));
    connectModes();
    m_skip = brassButton({}, QStringLiteral("clockSkip"), bar);
    m_skip->setIcon(icon(Icon::Skip));
    connect(m_skip, &QPushButton::clicked, this, &ClockBar::skip);
    m_skipOther = makeButton(tr("by…"), QStringLiteral("clockSkipBy"), false, bar);
    m_skipOther->setToolTip(tr("Skip by another duration"));
    connect(m_skipOther, &QPushButton::clicked, this, &ClockBar::openSkipForm);
    m_skip->setProperty("segment", "first");
    m_skipOther->setProperty("segment", "last");
    auto* skips = new QHBoxLayout;
    skips->setSpacing(0);
    skips->addWidget(m_skip);
    skips->addWidget(m_skipOther);
    m_runTo = brassButton(tr("Run to…"), QStringLiteral("clockRunTo"), bar);
    connect(m_runTo, &QPushButton::clicked, this, &ClockBar::openRunToForm);
    m_nextWord = makeLabel(tr("next"), "secondary", bar);
    m_next = new ElidedLabel({}, bar);
    m_next->setObjectName(QStringLiteral("clockNext"));
    m_held = new ElidedLabel({}, bar);
    m_held->setObjectName(QStringLiteral("clockHeld"));
    m_held->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_goOn = makeButton(tr("Go on anyway"), QStringLiteral("clockGoOn"), false, bar);
    m_goOn->setToolTip(tr("Move time although work is running; its time-outs may fire"));
    connect(m_goOn, &QPushButton::clicked, this, [this] { steer([](ClockControl& clock) { clock.goOn(); }); });
    row->addWidget(m_modes);
    row->addLayout(skips);
    row->addWidget(m_runTo);
    row->addWidget(m_nextWord);
    row->addWidget(m_next, 3);
    row->addWidget(m_held, 2);
    row->addWidget(m_goOn);
}

void ClockBar::connectModes() {
    connect(m_modes, &SegmentedButtons::chosen, this, [this](int segment) {
        if (segment == Pause) pause();
        if (segment == Real) resume();
        if (segment == Step) step();
        if (segment == Automatic) automatic();
    });
}

void ClockBar::addPast(QWidget* bar, QHBoxLayout* row) {
    m_pastNote = new ElidedLabel(tr("Nothing runs again: activities and local activities stay as recorded."), bar);
    m_pastNote->setRole(Role::Secondary);
    m_pastNote->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_leave = makeButton(tr("Leave the past  Esc"), QStringLiteral("clockLeavePast"), false, bar);
    connect(m_leave, &QPushButton::clicked, this, &ClockBar::leavePastRequested);
    row->addWidget(m_pastNote, 1);
    row->addWidget(m_leave);
}

QWidget* ClockBar::makeStrip() {
    m_strip = new QWidget(this);
    m_strip->setObjectName(QStringLiteral("clockStrip"));
    m_strip->setProperty("surface", true);
    m_strip->setAttribute(Qt::WA_StyledBackground);
    m_strip->setFixedHeight(kTopBar);
    auto* row = new QHBoxLayout(m_strip);
    row->setContentsMargins(kPadding, 0, kPadding, 0);
    row->setSpacing(2 * kGrid);
    m_formLabel = makeLabel({}, "strong", m_strip);
    m_target = new QComboBox(m_strip);
    m_target->setObjectName(QStringLiteral("clockTarget"));
    m_target->setAccessibleName(tr("Run to"));
    m_target->addItems({tr("a time"), tr("the next due thing"), tr("the next fired timer"), tr("the end of the run")});
    m_field = new QLineEdit(m_strip);
    m_field->setObjectName(QStringLiteral("clockField"));
    m_field->setFixedWidth(kFieldWidth);
    m_submit = makeButton({}, QStringLiteral("clockSubmit"), true, m_strip);
    auto* close = makeIconButton(Icon::Close, tr("Close"), QStringLiteral("clockStripClose"), m_strip);
    for (QWidget* part : std::initializer_list<QWidget*>{m_formLabel, m_target, m_field, m_submit})
        row->addWidget(part);
    row->addStretch(1);
    row->addWidget(close);
    connect(close, &QPushButton::clicked, this, &ClockBar::stepOut);
    connect(m_field, &QLineEdit::returnPressed, this, &ClockBar::submitForm);
    connect(m_submit, &QPushButton::clicked, this, &ClockBar::submitForm);
    connect(m_target, &QComboBox::currentIndexChanged, this,
            [this](int target) { m_field->setVisible(target == Time); });
    m_strip->hide();
    return m_strip;
}

void ClockBar::setClock(ClockControl* clock) {
    m_subscription.reset();
    m_clock = clock;
    m_status = clock != nullptr ? clock->status() : gateway::ClockStatus{};
    if (clock != nullptr) m_subscription = clock->subscribe(m_merged.sink());
    stepOut();
    m_message->dismiss();
    showStatus();
}

void ClockBar::setSkipBy(const QString& duration) {
    if (!base::parseDuration(duration.toStdString())) return;
    m_skipBy = duration;
    showStatus();
}

void ClockBar::setWorkflow(const std::string& workflowId, const std::string& runId) {
    m_workflowId = workflowId;
    m_runId = runId;
}

void ClockBar::setPast(std::optional<base::Timestamp> time) {
    if (time == m_past) return;
    const bool entered = time.has_value() && !m_past;
    m_past = time;
    if (entered) stepOut();
    showStatus();
}

bool ClockBar::stepOut() {
    if (m_form == Form::None) return false;
    m_form = Form::None;
    m_strip->hide();
    m_message->dismiss();
    return true;
}

void ClockBar::pause() {
    steer([](ClockControl& clock) { clock.pause(); });
}

void ClockBar::resume() {
    steer([](ClockControl& clock) { clock.resume(); });
}

void ClockBar::step() {
    steer([](ClockControl& clock) { clock.step(); });
}

void ClockBar::automatic() {
    steer([](ClockControl& clock) { clock.automatic(); });
}

void ClockBar::skip() {
    const auto duration = base::parseDuration(m_skipBy.toStdString());
    steer([&](ClockControl& clock) { clock.skip(*duration); });
}

void ClockBar::openSkipForm() { openForm(Form::Skip); }

void ClockBar::openRunToForm() { openForm(Form::RunTo); }

void ClockBar::openForm(Form form) {
    if (m_clock == nullptr || m_past) return;
    m_form = form;
    const bool runTo = form == Form::RunTo;
    m_formLabel->setText(runTo ? tr("Run to") : tr("Skip by"));
    m_submit->setText(runTo ? tr("Run") : tr("Skip"));
    m_target->setVisible(runTo);
    m_target->setCurrentIndex(Time);
    m_field->setVisible(true);
    m_field->setPlaceholderText(runTo ? tr("18:30, +2h, 2026-03-12 09:14") : tr("90s, 2h, 1d 4h"));
    m_field->setText(runTo ? QString() : m_skipBy);
    m_strip->show();
    m_field->setFocus(Qt::OtherFocusReason);
    m_field->selectAll();
    showMode();
}

void ClockBar::submitForm() {
    m_message->dismiss();
    if (m_form == Form::RunTo) return runToTyped();
    const QString typed = m_field->text().trimmed();
    const auto duration = base::parseDuration(typed.toStdString());
    if (!duration || *duration <= base::Duration::zero()) {
        m_message->showMessage(
            tr("“%1” is not a duration. Write a number and a unit, for example 90s, 2h or 1d 4h.").arg(typed));
        return;
    }
    m_skipBy = typed;
    Q_EMIT skipByChanged(typed);
    stepOut();
    skip();
}

void ClockBar::runToTyped() {
    const int target = m_target->currentIndex();
    if (target == NextDue) {
        stepOut();
        return step();
    }
    if (target == Time) {
        const auto moment = parseMoment(m_field->text(), m_status.virtualNow);
        if (!moment) {
            m_message->showMessage(
                tr("“%1” is not a time. Write 18:30, 2026-03-12 09:14, or +2h for a distance.").arg(m_field->text()));
            return;
        }
        stepOut();
        return steer([&](ClockControl& clock) { clock.runTo(*moment); });
    }
    gateway::EventTarget event{m_workflowId, m_runId, "TimerFired", 0};
    if (target == RunCloses) event.eventType = "WorkflowExecutionCompleted";
    stepOut();
    steer([&](ClockControl& clock) { clock.runTo(event); });
}

void ClockBar::steer(const std::function<void(ClockControl&)>& call) {
    if (m_clock == nullptr) return;
    m_message->dismiss();
    try {
        call(*m_clock);
    } catch (const base::Error& error) {
        m_message->showMessage(text(error.what()));
    }
    apply(m_clock->status());
}

void ClockBar::apply(const gateway::ClockStatus& status) {
    m_status = status;
    showStatus();
    Q_EMIT statusChanged();
}

void ClockBar::showTime() {
    if (m_clock == nullptr || !isVisible()) return;
    m_status = m_clock->status();
    if (m_past) return Q_EMIT ticked();
    m_face->setText(clockFaceText(m_status.virtualNow));
    m_note->setText(clockNoteText(m_status));
    m_next->setText(nextText(m_status));
    Q_EMIT ticked();
}

void ClockBar::showPast() {
    for (QWidget* part :
         std::initializer_list<QWidget*>{m_modes, m_skip, m_skipOther, m_runTo, m_nextWord, m_next, m_held, m_goOn}) {
        part->hide();
    }
    m_face->setEnabled(true);
    m_face->show();
    m_face->setText(clockFaceText(*m_past));
    m_face->setAccessibleName(tr("Recorded time"));
    m_note->setText(tr("the past, replayed"));
}

void ClockBar::showStatus() {
    m_pastNote->setVisible(m_past.has_value());
    m_leave->setVisible(m_past.has_value());
    if (m_past) return showPast();
    m_face->setAccessibleName(tr("Time of the server"));
    m_next->show();
    const bool there = m_clock != nullptr;
    for (QWidget* part : std::initializer_list<QWidget*>{m_face, m_modes, m_skip, m_runTo, m_nextWord, m_next}) {
        part->setEnabled(there);
    }
    m_skip->setText(
        tr("skip %1").arg(wholeDurationText(base::parseDuration(m_skipBy.toStdString()).value_or(base::Duration{}))));
    for (QWidget* part : std::initializer_list<QWidget*>{m_face, m_nextWord, m_modes, m_skip, m_skipOther, m_runTo}) {
        part->setVisible(there);
    }
    if (!there) {
        m_note->setText(tr("Wall time: only the clock of the embedded server can be moved."));
        for (QWidget* part : std::initializer_list<QWidget*>{m_held, m_goOn}) part->hide();
        return;
    }
    m_face->setText(clockFaceText(m_status.virtualNow));
    m_note->setText(clockNoteText(m_status));
    m_next->setText(nextText(m_status));
    m_next->setDetail(dueListText(m_status));
    const QString holders = holdersText(m_status);
    m_held->setVisible(!holders.isEmpty());
    m_held->setText(tr("held by %1").arg(holders));
    m_held->setDetail(holderListText(m_status));
    showMode();
}

void ClockBar::showMode() {
    const ClockMode mode = m_status.mode;
    m_modes->setCurrent(segmentOf(mode, m_modes->current()));
    for (const auto& [segment, shape] : kShapes) {
        const bool down = m_modes->current() == segment;
        m_modes->button(segment)->setIcon(icon(shape, down ? Role::OnAccent : Role::Text));
    }
    m_skip->setChecked(mode == ClockMode::Skip);
    m_runTo->setChecked(mode == ClockMode::RunTo || m_form == Form::RunTo);
    const bool moving = mode != ClockMode::Real && mode != ClockMode::Paused;
    m_goOn->setVisible(m_clock != nullptr && moving && !m_status.holders.empty());
}

}  // namespace orrery::ui::clock
