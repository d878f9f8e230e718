// SPDX-License-Identifier: MIT
#include "app/cli/stories.h"

#include "app/samples/samples.h"

namespace orrery::cli {
namespace {

// The lines of the person stand behind the column of times and event ids.
constexpr const char* kIndent = "                   ";

bool neverWaits(const history::Event&, bool) { return false; }

void doNothing(const Ending&) {}

/// The timer of 24 hours is what an order waits at.
bool orderWaits(const history::Event& event, bool before) {
    if (event.typeName() == "TimerStarted") return true;
    return before && event.typeName() != "TimerFired" && event.typeName() != "TimerCanceled";
}

void answer(const Ending& ending) {
    samples::Address address;
    address.street = "Marktplatz 1";
    address.city = "Potsdam";
    const auto before = ending.handle.executeUpdate(samples::kSetAddress, address);
    tell("{}update set_address: from {}, {} to {}, {}", kIndent, before.street, before.city, address.street,
         address.city);
    samples::Approval approval;
    approval.approved = ending.how == "approve";
    approval.approver = "you";
    tell("{}signal approve    -> {}", kIndent, approval.approved ? "approved" : "declined");
    ending.handle.signal(samples::kApprove, approval);
}

void playOrder(const Ending& ending) {
    tell("{}query status      -> {}", kIndent, ending.handle.query(samples::kStatus));
    if (ending.how == "wait") {
        tell("{}Now it waits: 'orrery' or any client can signal approve to {}.", kIndent, ending.handle.id());
    } else if (ending.how == "cancel") {
        tell("{}cancel            -> its own clean-up runs", kIndent);
        ending.handle.cancel("asked for at the command line");
    } else if (ending.how == "expire") {
        tell("{}Nobody answers; a day goes by in a moment.", kIndent);
        ending.clock->skip(std::chrono::hours(24));
    } else {
        answer(ending);
    }
}

payload::Payloads orderInput(const payload::DataConverter& converter, const std::string& id) {
    return converter.toPayloads(samples::exampleOrder(id));
}

/// It has taken over and listens.
bool entityWaits(const history::Event& event, bool before) {
    return before || event.typeName() == "WorkflowTaskCompleted";
}

void playEntity(const Ending& ending) {
    constexpr int kEntries = 25;
    // By id alone: the run is another one after each ten entries.
    tell("{}{} x signal earn   -> 60 points each", kIndent, kEntries);
    samples::Earned earned;
    earned.points = 60;
    earned.reason = "a telescope";
    for (int i = 0; i < kEntries; ++i) ending.handle.signal(samples::kEarn, earned);
    const std::string voucher = ending.handle.executeUpdate(samples::kRedeem, 50);
    tell("{}update redeem 50   -> {}", kIndent, voucher);
    tell("{}signal close", kIndent);
    ending.handle.signal(samples::kClose);
}

payload::Payloads entityInput(const payload::DataConverter& converter, const std::string&) {
    return converter.toPayloads(samples::exampleAccount("Ada"));
}

payload::Payloads sagaInput(const payload::DataConverter& converter, const std::string& id) {
    return converter.toPayloads(samples::exampleTrip(id));
}

payload::Payloads fanOutInput(const payload::DataConverter& converter, const std::string&) {
    return converter.toPayloads(samples::examplePlan());
}

}  // namespace

const std::vector<Story>& stories() {
    static const std::vector<Story> all{
        {samples::kOrderApproval.name, "order", &orderInput, &orderWaits, &playOrder, true},
        {samples::kOrderApprovalChanged.name, "order", &orderInput, &orderWaits, &playOrder, true},
        {samples::kSaga.name, "trip", &sagaInput, &neverWaits, &doNothing, false},
        {samples::kEntity.name, "account", &entityInput, &entityWaits, &playEntity, false},
        {samples::kFanOut.name, "sky", &fanOutInput, &neverWaits, &doNothing, false},
    };
    return all;
}

}  // namespace orrery::cli
