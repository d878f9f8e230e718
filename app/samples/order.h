// SPDX-License-Identifier: MIT
// What the order_approval sample speaks about: its values and its typed names.
#pragma once

#include <string>
#include <vector>

#include "core/definition/handles.h"
#include "core/definition/json.h"

namespace orrery::samples {

struct Address {
    std::string street;
    std::string city;
};
ORRERY_JSON(Address, street, city)

struct Order {
    std::string id;
    std::string customer;
    std::vector<std::string> items;
    double total = 0;
    Address address;
    /// So many attempts to charge the card fail before one succeeds: retries to look at.
    int failingCharges = 0;
    /// How long each activity takes, in seconds: time to kill a worker in.
    double pace = 0;
};
ORRERY_JSON(Order, id, customer, items, total, address, failingCharges, pace)

struct Approval {
    bool approved = true;
    std::string approver;
};
ORRERY_JSON(Approval, approved, approver)

struct OrderResult {
    std::string orderId;
    /// "completed", "declined" or "expired".
    std::string outcome;
    std::string approver;
    std::string payment;
    Address address;
};
ORRERY_JSON(OrderResult, orderId, outcome, approver, payment, address)

inline constexpr const char* kSamplesTaskQueue = "samples";

inline constexpr definition::Workflow<OrderResult(Order)> kOrderApproval{"order_approval"};
/// The same with one step changed: to see what replaying an old history with new code says.
inline constexpr definition::Workflow<OrderResult(Order)> kOrderApprovalChanged{"order_approval_changed"};
inline constexpr definition::Signal<Approval> kApprove{"approve"};
inline constexpr definition::Query<std::string()> kStatus{"status"};
inline constexpr definition::Update<Address(Address)> kSetAddress{"set_address"};

inline constexpr definition::Activity<std::string(Order)> kReserveStock{"reserve_stock"};
inline constexpr definition::Activity<void(Order)> kReleaseStock{"release_stock"};
inline constexpr definition::Activity<std::string(Order)> kChargeCard{"charge_card"};
inline constexpr definition::Activity<std::string(Order)> kAuthorizeCard{"authorize_card"};
inline constexpr definition::Activity<void(Order)> kRefundCard{"refund_card"};
inline constexpr definition::Activity<void(Order)> kSendReceipt{"send_receipt"};

/// An order to try things with: two items, two failing charges, activities of one second.
Order exampleOrder(const std::string& id);

}  // namespace orrery::samples
