// SPDX-License-Identifier: MIT
#include "app/samples/order_approval.h"

#include "app/samples/steps.h"
#include "core/workflow/workflow.h"

namespace orrery::samples {
namespace {

using namespace std::chrono_literals;
using workflow::Task;

}  // namespace

Task<OrderResult> OrderApproval::run(Order) {
    OrderResult result;
    std::exception_ptr failed;
    try {
        result = co_await process();
    } catch (const workflow::Failure&) {
        failed = std::current_exception();
    }
    if (failed) {
        // Shielded: what was taken is given back even when it is a cancellation that ends the run.
        co_await workflow::shielded(giveBack());
        m_status = "stopped";
        std::rethrow_exception(failed);
    }
    co_return result;
}

Task<OrderResult> OrderApproval::process() {
    m_status = "reserving stock";
    co_await workflow::execute(kReserveStock, step(std::to_string(m_order.items.size()) + " items"), m_order);
    m_reserved = true;

    m_status = "waiting for approval";
    const bool answered = co_await workflow::waitCondition([this] { return m_approval.has_value(); }, 24h, "approval");
    if (!answered || !m_approval->approved) {
        workflow::logger().info("order {} is {}", m_order.id, answered ? "declined" : "not approved in time");
        co_await giveBack();
        m_status = answered ? "declined" : "expired";
        co_return outcome(m_status);
    }

    m_status = "charging the card";
    m_payment = co_await pay(m_order);

    m_status = "sending the receipt";
    m_shipped = true;
    co_await workflow::execute(kSendReceipt, step("to " + m_order.address.city), m_order);
    m_status = "completed";
    co_return outcome(m_status);
}

Task<std::string> OrderApproval::pay(const Order& order) {
    return workflow::execute(kChargeCard, step("charge " + order.customer), order);
}

Task<> OrderApproval::giveBack() {
    m_status = "giving back";
    if (!m_payment.empty()) co_await workflow::execute(kRefundCard, step("refund"), m_order);
    m_payment.clear();
    if (m_reserved) co_await workflow::execute(kReleaseStock, step("release"), m_order);
    m_reserved = false;
}

void OrderApproval::approve(Approval approval) {
    // The first answer counts.
    if (!m_approval) m_approval = std::move(approval);
}

Address OrderApproval::setAddress(Address address) {
    std::swap(m_order.address, address);
    return address;
}

void OrderApproval::validateSetAddress(const Address& address) const {
    if (address.street.empty() || address.city.empty()) {
        throw workflow::ApplicationFailure("An address needs a street and a city.", "InvalidAddress");
    }
    if (m_shipped) throw workflow::ApplicationFailure("The order is already on its way.", "TooLate");
}

OrderResult OrderApproval::outcome(const std::string& word) const {
    OrderResult result;
    result.orderId = m_order.id;
    result.outcome = word;
    result.approver = m_approval ? m_approval->approver : "";
    result.payment = m_payment;
    result.address = m_order.address;
    return result;
}

workflow::Definition<OrderApproval> OrderApproval::definition() { return describe<OrderApproval>(kOrderApproval); }

}  // namespace orrery::samples
