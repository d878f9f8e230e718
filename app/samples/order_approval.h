// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "app/samples/order.h"
#include "core/workflow/definition.h"

namespace orrery::samples {

/// Reserves the stock of an order, waits up to a day for somebody to approve it, charges the card and sends a receipt.
/// Declined, expired or cancelled, it gives back what it took.
class OrderApproval {
public:
    explicit OrderApproval(const Order& order) : m_order(order) {}

    workflow::Task<OrderResult> run(Order order);
    void approve(Approval approval);
    std::string status() const { return m_status; }
    Address setAddress(Address address);
    void validateSetAddress(const Address& address) const;

    static workflow::Definition<OrderApproval> definition();

private:
    workflow::Task<OrderResult> process();
    workflow::Task<> giveBack();
    OrderResult outcome(const std::string& word) const;

    // The run's own copy: set_address changes it.
    Order m_order;
    std::optional<Approval> m_approval;
    std::string m_status = "new";
    std::string m_payment;
    bool m_reserved = false;
    bool m_shipped = false;
};

}  // namespace orrery::samples
