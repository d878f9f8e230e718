// SPDX-License-Identifier: MIT
#pragma once

#include "app/samples/trip.h"
#include "core/workflow/definition.h"
#include "core/workflow/saga.h"

namespace orrery::samples {

/// Books a flight, a hotel and a car. When one of them cannot be had, or the run is cancelled, what was booked is
/// cancelled in reverse order; what cannot be cancelled is told in the result, and the rest still is.
class TripSaga {
public:
    explicit TripSaga(const Trip& trip);

    workflow::Task<TripResult> run(Trip trip);
    TripResult progress() const { return m_result; }

    static workflow::Definition<TripSaga> definition();

private:
    using Book = definition::Activity<std::string(Trip)>;
    using Cancel = definition::Activity<void(Trip)>;

    workflow::Task<> bookAll();
    workflow::Task<> book(std::string what, Book book, Cancel cancel);
    workflow::Task<> undo();

    const Trip m_trip;
    TripResult m_result;
    workflow::Saga m_saga;
};

}  // namespace orrery::samples
