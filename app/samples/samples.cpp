// SPDX-License-Identifier: MIT
#include "app/samples/samples.h"

#include "app/samples/order_activities.h"
#include "app/samples/order_approval.h"

namespace orrery::samples {

Order exampleOrder(const std::string& id) {
    Order order;
    order.id = id;
    order.customer = "Ada";
    order.items = {"astrolabe", "star chart"};
    order.total = 41.5;
    order.address.street = "Hauptstr. 5";
    order.address.city = "Berlin";
    order.failingCharges = 2;
    order.pace = 1;
    return order;
}

void registerSamples(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities,
                     const std::shared_ptr<Ledger>& ledger) {
    workflows.add(OrderApproval::definition());
    const auto orders = std::make_shared<OrderActivities>(ledger);
    activities.add(kReserveStock, &OrderActivities::reserveStock, orders)
        .add(kReleaseStock, &OrderActivities::releaseStock, orders)
        .add(kChargeCard, &OrderActivities::chargeCard, orders)
        .add(kRefundCard, &OrderActivities::refundCard, orders)
        .add(kSendReceipt, &OrderActivities::sendReceipt, orders);
}

}  // namespace orrery::samples
