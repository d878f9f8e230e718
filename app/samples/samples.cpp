// SPDX-License-Identifier: MIT
#include "app/samples/samples.h"

#include "app/samples/account_activities.h"
#include "app/samples/entity.h"
#include "app/samples/fan_out.h"
#include "app/samples/order_activities.h"
#include "app/samples/order_approval.h"
#include "app/samples/order_approval_changed.h"
#include "app/samples/saga.h"
#include "app/samples/survey_activities.h"
#include "app/samples/trip_activities.h"

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

Trip exampleTrip(const std::string& id) {
    Trip trip;
    trip.id = id;
    trip.traveller = "Ada";
    trip.destination = "Lisbon";
    trip.failAt = "car";
    trip.failUndo = "hotel";
    trip.pace = 1;
    return trip;
}

Account exampleAccount(const std::string& customer) {
    Account account;
    account.customer = customer;
    account.entriesPerRun = 10;
    account.pace = 1;
    return account;
}

SurveyPlan examplePlan() {
    SurveyPlan plan;
    plan.pace = 0.5;
    return plan;
}

namespace {

void addOrders(activity::ActivityRegistry& activities, const std::shared_ptr<Ledger>& ledger) {
    const auto orders = std::make_shared<OrderActivities>(ledger);
    activities.add(kReserveStock, &OrderActivities::reserveStock, orders)
        .add(kReleaseStock, &OrderActivities::releaseStock, orders)
        .add(kChargeCard, &OrderActivities::chargeCard, orders)
        .add(kAuthorizeCard, &OrderActivities::authorizeCard, orders)
        .add(kRefundCard, &OrderActivities::refundCard, orders)
        .add(kSendReceipt, &OrderActivities::sendReceipt, orders);
}

void addTrips(activity::ActivityRegistry& activities, const std::shared_ptr<Ledger>& ledger) {
    const auto trips = std::make_shared<TripActivities>(ledger);
    activities.add(kBookFlight, &TripActivities::bookFlight, trips)
        .add(kBookHotel, &TripActivities::bookHotel, trips)
        .add(kBookCar, &TripActivities::bookCar, trips)
        .add(kCancelFlight, &TripActivities::cancelFlight, trips)
        .add(kCancelHotel, &TripActivities::cancelHotel, trips)
        .add(kCancelCar, &TripActivities::cancelCar, trips);
}

void addAccounts(activity::ActivityRegistry& activities, const std::shared_ptr<Ledger>& ledger) {
    const auto accounts = std::make_shared<AccountActivities>(ledger);
    activities.add(kSendGreeting, &AccountActivities::sendGreeting, accounts)
        .add(kIssueVoucher, &AccountActivities::issueVoucher, accounts);
}

}  // namespace

void registerSamples(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities,
                     const std::shared_ptr<Ledger>& ledger) {
    workflows.add(OrderApproval::definition());
    workflows.add(OrderApprovalChanged::definition());
    workflows.add(TripSaga::definition());
    workflows.add(LoyaltyAccount::definition());
    workflows.add(SkySurvey::definition());
    addOrders(activities, ledger);
    addTrips(activities, ledger);
    addAccounts(activities, ledger);
    activities.add(kCountStars, &countStars);
}

}  // namespace orrery::samples
