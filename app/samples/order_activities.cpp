// SPDX-License-Identifier: MIT
#include "app/samples/order_activities.h"

#include <fmt/format.h>

#include "app/samples/steps.h"
#include "core/activity/activity.h"

namespace orrery::samples {
std::string OrderActivities::perform(const Order& order, const std::string& entry) {
    takeTime(order.pace);
    return m_ledger->record(activity::idempotencyKey(), entry);
}

std::string OrderActivities::reserveStock(const Order& order) {
    if (order.items.empty()) {
        throw activity::ApplicationFailure("Order " + order.id + " has no items.", "EmptyOrder").nonRetryable();
    }
    return perform(order, fmt::format("{} items reserved for {}", order.items.size(), order.id));
}

void OrderActivities::releaseStock(const Order& order) { perform(order, "stock of " + order.id + " released"); }

std::string OrderActivities::authorizeCard(const Order& order) {
    return perform(order, fmt::format("{:.2f} set aside by {}", order.total, order.customer));
}

std::string OrderActivities::chargeCard(const Order& order) {
    const int attempt = activity::info().attempt;
    if (attempt <= order.failingCharges) {
        takeTime(order.pace);
        throw activity::ApplicationFailure(fmt::format("The bank did not answer (attempt {}).", attempt),
                                           "BankUnavailable");
    }
    return perform(order, fmt::format("{:.2f} charged to {}", order.total, order.customer));
}

void OrderActivities::refundCard(const Order& order) {
    perform(order, fmt::format("{:.2f} refunded to {}", order.total, order.customer));
}

void OrderActivities::sendReceipt(const Order& order) {
    perform(order, fmt::format("receipt sent to {}, {}, {}", order.customer, order.address.street, order.address.city));
}

}  // namespace orrery::samples
