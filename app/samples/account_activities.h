// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "app/samples/account.h"
#include "app/samples/ledger.h"

namespace orrery::samples {

/// What the entity does to the world. Both may be tried again at any point.
class AccountActivities {
public:
    explicit AccountActivities(std::shared_ptr<Ledger> ledger) : m_ledger(std::move(ledger)) {}

    void sendGreeting(const Letter& letter);
    std::string issueVoucher(const Letter& letter);

private:
    std::shared_ptr<Ledger> m_ledger;
};

}  // namespace orrery::samples
