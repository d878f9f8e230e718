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
    virtual ~OrderApproval() = default;

    workflow::Task<OrderResult> run(Order order);
    void approve(Approval approval);
    std::string status() const { return m_status; }
    Address setAddress(Address address);
    void validateSetAddress(const Address& address) const;

    static workflow::Definition<OrderApproval> definition();

protected:
    /// The step that order_approval_changed does otherwise.
    virtual workflow::Task<std::string> pay(const Order& order);

    /// The messages are the same for every class that derives from this one.
    template <class W>
    static workflow::Definition<W> describe(const definition::Workflow<OrderResult(Order)>& type);

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

template <class W>
workflow::Definition<W> OrderApproval::describe(const definition::Workflow<OrderResult(Order)>& type) {
    auto definition = workflow::define<W>(type);
    definition.run(&W::run)
        .signal(kApprove, &W::approve, "Approves or declines the order: {\"approved\": true, \"approver\": \"Grace\"}")
        .query(kStatus, &W::status, "What the order is waiting for")
        .update(kSetAddress, &W::setAddress,
                "Changes where the order goes, until it is on its way; gives the address before: "
                "{\"street\": \"Hauptstr. 5\", \"city\": \"Berlin\"}")
        .validator(&W::validateSetAddress);
    return definition;
}

}  // namespace orrery::samples
