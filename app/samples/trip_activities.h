// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "app/samples/ledger.h"
#include "app/samples/trip.h"

namespace orrery::samples {

/// What the saga does to the world: books and cancels. Every method may be tried again at any point; the ledger
/// remembers what was done.
class TripActivities {
public:
    explicit TripActivities(std::shared_ptr<Ledger> ledger) : m_ledger(std::move(ledger)) {}

    std::string bookFlight(const Trip& trip) { return book("flight", trip); }
    std::string bookHotel(const Trip& trip) { return book("hotel", trip); }
    std::string bookCar(const Trip& trip) { return book("car", trip); }
    void cancelFlight(const Trip& trip) { cancel("flight", trip); }
    void cancelHotel(const Trip& trip) { cancel("hotel", trip); }
    void cancelCar(const Trip& trip) { cancel("car", trip); }

private:
    std::string book(const std::string& what, const Trip& trip);
    void cancel(const std::string& what, const Trip& trip);

    std::shared_ptr<Ledger> m_ledger;
};

}  // namespace orrery::samples
