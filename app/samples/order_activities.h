// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "app/samples/ledger.h"
#include "app/samples/order.h"

namespace orrery::samples {

/// What order_approval does to the world. Every method may be tried again at any point: it takes the order's pace,
/// heartbeats meanwhile, and then writes one entry to the ledger under a key that is the same in all attempts.
class OrderActivities {
public:
    explicit OrderActivities(std::shared_ptr<Ledger> ledger) : m_ledger(std::move(ledger)) {}

    std::string reserveStock(const Order& order);
    void releaseStock(const Order& order);
    std::string chargeCard(const Order& order);
    std::string authorizeCard(const Order& order);
    void refundCard(const Order& order);
    void sendReceipt(const Order& order);

private:
    std::string perform(const Order& order, const std::string& entry);

    std::shared_ptr<Ledger> m_ledger;
};

}  // namespace orrery::samples
