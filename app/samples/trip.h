// SPDX-License-Identifier: MIT
// What the saga sample speaks about: its values and its typed names.
#pragma once

#include <string>
#include <vector>

#include "core/definition/handles.h"
#include "core/definition/json.h"

namespace orrery::samples {

struct Trip {
    std::string id;
    std::string traveller;
    std::string destination;
    /// "flight", "hotel" or "car": what cannot be booked. Empty: all goes well.
    std::string failAt;
    /// What cannot be cancelled when the trip is undone.
    std::string failUndo;
    /// How long each activity takes, in seconds: time to kill a worker in.
    double pace = 0;
};
ORRERY_JSON(Trip, id, traveller, destination, failAt, failUndo, pace)

/// A step that stays as it is, and why.
struct LeftOver {
    std::string step;
    std::string why;
};
ORRERY_JSON(LeftOver, step, why)

struct TripResult {
    std::string tripId;
    /// "booking", "booked", "undoing" or "undone".
    std::string outcome = "booking";
    /// What stopped the trip.
    std::string reason;
    /// Still booked, in the order of booking.
    std::vector<std::string> booked;
    /// In the order of undoing.
    std::vector<std::string> undone;
    std::vector<LeftOver> notUndone;
};
ORRERY_JSON(TripResult, tripId, outcome, reason, booked, undone, notUndone)

inline constexpr definition::Workflow<TripResult(Trip)> kSaga{"saga"};
inline constexpr definition::Query<TripResult()> kProgress{"progress"};

inline constexpr definition::Activity<std::string(Trip)> kBookFlight{"book_flight"};
inline constexpr definition::Activity<std::string(Trip)> kBookHotel{"book_hotel"};
inline constexpr definition::Activity<std::string(Trip)> kBookCar{"book_car"};
inline constexpr definition::Activity<void(Trip)> kCancelFlight{"cancel_flight"};
inline constexpr definition::Activity<void(Trip)> kCancelHotel{"cancel_hotel"};
inline constexpr definition::Activity<void(Trip)> kCancelCar{"cancel_car"};

/// A trip to try things with: no car is left, and the hotel does not take its cancellation.
Trip exampleTrip(const std::string& id);

}  // namespace orrery::samples
