// SPDX-License-Identifier: MIT
#pragma once

#include "app/samples/order_approval.h"

namespace orrery::samples {

/// order_approval after a change that forgot the runs which are still open: paying is another activity. Recorded
/// histories of order_approval cannot be replayed with it from the payment on.
class OrderApprovalChanged final : public OrderApproval {
public:
    using OrderApproval::OrderApproval;

    static workflow::Definition<OrderApprovalChanged> definition();

protected:
    workflow::Task<std::string> pay(const Order& order) override;
};

}  // namespace orrery::samples
