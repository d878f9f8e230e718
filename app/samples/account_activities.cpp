// SPDX-License-Identifier: MIT
#include "app/samples/account_activities.h"

#include <fmt/format.h>

#include "app/samples/steps.h"
#include "core/activity/activity.h"

namespace orrery::samples {

void AccountActivities::sendGreeting(const Letter& letter) {
    takeTime(letter.pace);
    m_ledger->record(activity::idempotencyKey(),
                     fmt::format("{} congratulated on {} points", letter.customer, letter.points));
}

std::string AccountActivities::issueVoucher(const Letter& letter) {
    takeTime(letter.pace);
    return m_ledger->record(activity::idempotencyKey(),
                            fmt::format("voucher {} of {}", letter.voucher, letter.customer));
}

}  // namespace orrery::samples
