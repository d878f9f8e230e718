// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "app/samples/account.h"
#include "core/workflow/definition.h"

namespace orrery::samples {

/// A customer's account that lives for as long as the customer: signals bring points, an update spends them, a query
/// shows where it stands. Now and then it continues as a new run, which keeps its history short; what came in
/// meanwhile goes along, and handlers that still work are waited for.
class LoyaltyAccount {
public:
    explicit LoyaltyAccount(const Account& account) : m_account(account) {}

    workflow::Task<Account> run(Account account);
    void earn(Earned earned) { m_account.pending.push_back(std::move(earned)); }
    void close() { m_account.closing = true; }
    Account account() const { return m_account; }
    workflow::Task<std::string> redeem(int points);
    void validateRedeem(const int& points) const;

    static workflow::Definition<LoyaltyAccount> definition();

private:
    workflow::Task<> creditNext();
    Letter letter(int points, int voucher = 0) const;
    bool isTimeToMoveOn() const;
    [[noreturn]] void moveOn();

    Account m_account;
    int m_creditedInThisRun = 0;
};

}  // namespace orrery::samples
