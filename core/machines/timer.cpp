// SPDX-License-Identifier: MIT
#include "core/machines/timer.h"

#include <fmt/format.h>

#include "core/machines/wire.h"
#include "core/payload/proto.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;

enum State : uint8_t { Created, StartCommandCreated, StartRecorded, Fired, CancelCommandCreated, Canceled, Withdrawn };
enum Input : uint8_t { Schedule, TimerStarted, TimerFired, Cancel, TimerCanceled };

constexpr std::string_view kStates[] = {
    "Created", "StartCommandCreated", "StartRecorded", "Fired", "CancelCommandCreated", "Canceled", "Withdrawn"};
constexpr std::string_view kInputs[] = {"Schedule", "TimerStarted", "TimerFired", "Cancel", "TimerCanceled"};
constexpr Edge kEdges[] = {
    {Created, Schedule, StartCommandCreated},      {StartCommandCreated, TimerStarted, StartRecorded},
    {StartCommandCreated, Cancel, Withdrawn},      {StartRecorded, TimerFired, Fired},
    {StartRecorded, Cancel, CancelCommandCreated}, {CancelCommandCreated, TimerCanceled, Canceled},
};
constexpr Blueprint kBlueprint{"Timer", kStates, kInputs, kEdges};

}  // namespace

const Blueprint& TimerMachine::blueprint() { return kBlueprint; }

TimerMachine::TimerMachine(const definition::command::StartTimer& command, Reactions& out)
    : Machine(kBlueprint), m_seq(command.seq) {
    take(Schedule);
    WireCommand& wire = addCommand(out, enums::COMMAND_TYPE_START_TIMER);
    auto* attributes = wire.mutable_start_timer_command_attributes();
    attributes->set_timer_id(std::to_string(m_seq));
    payload::toProto(command.startToFire, attributes->mutable_start_to_fire_timeout());
    setSummary(wire, command.summary);
}

void TimerMachine::cancel(Reactions& out) {
    if (state() == Fired) return;
    take(Cancel);
    if (state() == Withdrawn) {
        out.withdraw = true;
        return;
    }
    addCommand(out, enums::COMMAND_TYPE_CANCEL_TIMER)
        .mutable_cancel_timer_command_attributes()
        ->set_timer_id(std::to_string(m_seq));
}

void TimerMachine::onEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_TIMER_STARTED:
            // The id is the sequence number, so a difference means that another timer was started here.
            if (event.timer_started_event_attributes().timer_id() != std::to_string(m_seq)) refuse(event);
            takeEvent(TimerStarted, event);
            return;
        case enums::EVENT_TYPE_TIMER_FIRED:
            takeEvent(TimerFired, event);
            out.jobs.emplace_back(definition::job::FireTimer{m_seq});
            return;
        case enums::EVENT_TYPE_TIMER_CANCELED: takeEvent(TimerCanceled, event); return;
        default: refuse(event);
    }
}

std::string TimerMachine::describe() const {
    return fmt::format("command {} (timer {})", state() == CancelCommandCreated ? "CancelTimer" : "StartTimer", m_seq);
}

bool TimerMachine::finished() const { return state() == Fired || state() == Canceled || state() == Withdrawn; }

}  // namespace orrery::machines
