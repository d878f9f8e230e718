// SPDX-License-Identifier: MIT
#include "app/samples/order_approval_changed.h"

#include "app/samples/steps.h"
#include "core/workflow/workflow.h"

namespace orrery::samples {

workflow::Task<std::string> OrderApprovalChanged::pay(const Order& order) {
    // The change: order_approval has charge_card here. With workflow::patched() around it, open runs would be safe.
    co_return co_await workflow::execute(kAuthorizeCard, step("authorize " + order.customer), order);
}

workflow::Definition<OrderApprovalChanged> OrderApprovalChanged::definition() {
    return describe<OrderApprovalChanged>(kOrderApprovalChanged);
}

}  // namespace orrery::samples
