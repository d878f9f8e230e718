// SPDX-License-Identifier: MIT
#include "app/samples/order_activities.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/activity/activity.h"

namespace orrery::samples {
namespace {

using namespace std::chrono_literals;

/// Takes its time in slices, telling how far it is.
void work(double pace) {
    const auto whole = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(pace));
    for (base::Duration spent{}; spent < whole;) {
        const base::Duration slice = std::min<base::Duration>(500ms, whole - spent);
        activity::sleep(slice);
        spent += slice;
        activity::heartbeat(static_cast<int>(100 * spent / whole));
    }
}

}  // namespace

std::string OrderActivities::perform(const Order& order, const std::string& entry) {
    work(order.pace);
    return m_ledger->record(activity::idempotencyKey(), entry);
}

std::string OrderActivities::reserveStock(const Order& order) {
    if (order.items.empty()) {
        throw activity::ApplicationFailure("Order " + order.id + " has no items.", "EmptyOrder").nonRetryable();
    }
    return perform(order, fmt::format("{} items reserved for {}", order.items.size(), order.id));
}

void OrderActivities::releaseStock(const Order& order) { perform(order, "stock of " + order.id + " released"); }

std::string OrderActivities::chargeCard(const Order& order) {
    const int attempt = activity::info().attempt;
    if (attempt <= order.failingCharges) {
        work(order.pace);
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
