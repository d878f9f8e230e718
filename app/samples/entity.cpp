// SPDX-License-Identifier: MIT
#include "app/samples/entity.h"

#include <fmt/format.h>

#include "app/samples/steps.h"
#include "core/workflow/workflow.h"

namespace orrery::samples {
namespace {

using workflow::Task;

/// Each time so many points are passed, the customer hears of it.
constexpr int kMilestone = 1000;

}  // namespace

Task<Account> LoyaltyAccount::run(Account) {
    while (!m_account.closing || !m_account.pending.empty()) {
        co_await workflow::waitCondition(
            [this] { return m_account.closing || !m_account.pending.empty() || isTimeToMoveOn(); });
        if (isTimeToMoveOn()) {
            // A redeem that still waits for its voucher would be lost with this run.
            co_await workflow::waitCondition([] { return workflow::allHandlersFinished(); });
            moveOn();
        }
        if (!m_account.pending.empty()) co_await creditNext();
    }
    co_await workflow::waitCondition([] { return workflow::allHandlersFinished(); });
    co_return m_account;
}

Task<> LoyaltyAccount::creditNext() {
    const Earned earned = m_account.pending.front();
    m_account.pending.erase(m_account.pending.begin());
    const int before = m_account.points;
    m_account.points += earned.points;
    ++m_account.credited;
    ++m_creditedInThisRun;
    if (before / kMilestone < m_account.points / kMilestone) {
        co_await workflow::execute(kSendGreeting, step(fmt::format("{} points", m_account.points)),
                                   letter(m_account.points));
    }
}

Letter LoyaltyAccount::letter(int points, int voucher) const {
    Letter letter;
    letter.customer = m_account.customer;
    letter.points = points;
    letter.voucher = voucher;
    letter.pace = m_account.pace;
    return letter;
}

bool LoyaltyAccount::isTimeToMoveOn() const {
    const bool enough = m_account.entriesPerRun > 0 && m_creditedInThisRun >= m_account.entriesPerRun;
    return enough || workflow::info().continueAsNewSuggested;
}

void LoyaltyAccount::moveOn() {
    // Whatever is still pending goes along. What arrives after this decision belongs to the next run: the server does
    // not let a run end over a signal that it has not seen.
    ++m_account.run;
    workflow::continueAsNew(m_account);
}

Task<std::string> LoyaltyAccount::redeem(int points) {
    // Taken at once: another redeem must not spend them while this one waits.
    m_account.points -= points;
    const int number = ++m_account.vouchers;
    std::exception_ptr failed;
    try {
        co_return co_await workflow::execute(kIssueVoucher, step(fmt::format("{} points", points)),
                                             letter(points, number));
    } catch (const workflow::Failure&) {
        failed = std::current_exception();
    }
    // The number stays used; the points go back.
    m_account.points += points;
    std::rethrow_exception(failed);
}

void LoyaltyAccount::validateRedeem(const int& points) const {
    if (points <= 0) throw workflow::ApplicationFailure("A voucher costs at least one point.", "InvalidPoints");
    if (points > m_account.points) {
        throw workflow::ApplicationFailure(
            fmt::format("{} has {} points, not {}.", m_account.customer, m_account.points, points), "NotEnoughPoints");
    }
    if (m_account.closing) throw workflow::ApplicationFailure("The account is being closed.", "Closing");
}

workflow::Definition<LoyaltyAccount> LoyaltyAccount::definition() {
    auto definition = workflow::define<LoyaltyAccount>(kEntity);
    definition.run(&LoyaltyAccount::run)
        .signal(kEarn, &LoyaltyAccount::earn, "Brings points: {\"points\": 300, \"reason\": \"a telescope\"}")
        .signal(kClose, &LoyaltyAccount::close, "Ends the account once everything that came in is credited")
        .query(kAccount, &LoyaltyAccount::account, "Points, vouchers, and what waits to be credited")
        .update(kRedeem, &LoyaltyAccount::redeem, "Spends points on a voucher and gives its number: 250")
        .validator(&LoyaltyAccount::validateRedeem);
    return definition;
}

}  // namespace orrery::samples
