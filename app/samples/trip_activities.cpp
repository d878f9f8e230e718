// SPDX-License-Identifier: MIT
#include "app/samples/trip_activities.h"

#include <fmt/format.h>

#include "app/samples/steps.h"
#include "core/activity/activity.h"

namespace orrery::samples {

using activity::ApplicationFailure;

std::string TripActivities::book(const std::string& what, const Trip& trip) {
    takeTime(trip.pace);
    if (what == trip.failAt) {
        throw ApplicationFailure(fmt::format("There is no {} to {} any more.", what, trip.destination), "SoldOut")
            .nonRetryable();
    }
    return m_ledger->record(activity::idempotencyKey(), fmt::format("{} booked for {}", what, trip.traveller));
}

void TripActivities::cancel(const std::string& what, const Trip& trip) {
    takeTime(trip.pace);
    if (what == trip.failUndo) {
        throw ApplicationFailure(fmt::format("The {} does not take a cancellation.", what), "NotRefundable")
            .nonRetryable();
    }
    m_ledger->record(activity::idempotencyKey(), fmt::format("{} of {} cancelled", what, trip.traveller));
}

}  // namespace orrery::samples
