// SPDX-License-Identifier: MIT
#include "app/samples/saga.h"

#include "app/samples/steps.h"
#include "core/workflow/workflow.h"

namespace orrery::samples {
namespace {

using workflow::Task;

/// What the activity said, rather than that an activity failed.
std::string innermost(const workflow::Failure& failure) {
    return failure.cause() ? innermost(*failure.cause()) : failure.message();
}

}  // namespace

TripSaga::TripSaga(const Trip& trip) : m_trip(trip) { m_result.tripId = trip.id; }

Task<TripResult> TripSaga::run(Trip) {
    std::exception_ptr cancelled;
    try {
        co_await bookAll();
        m_result.outcome = "booked";
        co_return m_result;
    } catch (const workflow::Failure& failure) {
        m_result.reason = innermost(failure);
        if (payload::isCancellation(failure)) cancelled = std::current_exception();
    }
    // Nothing can be awaited inside catch, so the way back is here.
    co_await undo();
    if (cancelled) std::rethrow_exception(cancelled);
    co_return m_result;
}

Task<> TripSaga::bookAll() {
    co_await book("flight", kBookFlight, kCancelFlight);
    co_await book("hotel", kBookHotel, kCancelHotel);
    co_await book("car", kBookCar, kCancelCar);
}

Task<> TripSaga::book(std::string what, Book book, Cancel cancel) {
    co_await workflow::execute(book, step(what + " to " + m_trip.destination), m_trip);
    m_result.booked.push_back(what);
    m_saga.add(what, [this, what, cancel] { return workflow::execute(cancel, step(what), m_trip); });
}

Task<> TripSaga::undo() {
    m_result.outcome = "undoing";
    for (const auto& compensation : co_await m_saga.compensate()) {
        if (compensation.failure) {
            m_result.notUndone.push_back({compensation.step, innermost(*compensation.failure)});
        } else {
            std::erase(m_result.booked, compensation.step);
            m_result.undone.push_back(compensation.step);
        }
    }
    m_result.outcome = "undone";
}

workflow::Definition<TripSaga> TripSaga::definition() {
    auto definition = workflow::define<TripSaga>(kSaga);
    definition.run(&TripSaga::run)
        .query(kProgress, &TripSaga::progress, "What is booked, what was undone and what could not be");
    return definition;
}

}  // namespace orrery::samples
