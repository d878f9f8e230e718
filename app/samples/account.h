// SPDX-License-Identifier: MIT
// What the entity sample speaks about: its values and its typed names.
#pragma once

#include <string>
#include <vector>

#include "core/definition/handles.h"
#include "core/definition/json.h"

namespace orrery::samples {

/// Points that a customer got for something.
struct Earned {
    int points = 0;
    std::string reason;
};
ORRERY_JSON(Earned, points, reason)

/// A customer's account: everything that one run hands to the next.
struct Account {
    std::string customer;
    int points = 0;
    int vouchers = 0;
    /// Entries that were credited since the account was opened, over all runs.
    int credited = 0;
    /// Came in, but is not credited yet.
    std::vector<Earned> pending;
    bool closing = false;
    /// Which run this is, counted from 1.
    int run = 1;
    /// A run credits at most so many entries before the next one takes over; 0: until the server suggests it.
    int entriesPerRun = 100;
    /// How long each activity takes, in seconds.
    double pace = 0;
};
ORRERY_JSON(Account, customer, points, vouchers, credited, pending, closing, run, entriesPerRun, pace)

/// What the post needs to know.
struct Letter {
    std::string customer;
    int points = 0;
    /// Of the voucher; 0 in a greeting.
    int voucher = 0;
    double pace = 0;
};
ORRERY_JSON(Letter, customer, points, voucher, pace)

inline constexpr definition::Workflow<Account(Account)> kEntity{"entity"};
inline constexpr definition::Signal<Earned> kEarn{"earn"};
inline constexpr definition::Signal<> kClose{"close"};
inline constexpr definition::Query<Account()> kAccount{"account"};
/// So many points for a voucher; gives its number.
inline constexpr definition::Update<std::string(int)> kRedeem{"redeem"};

inline constexpr definition::Activity<void(Letter)> kSendGreeting{"send_greeting"};
inline constexpr definition::Activity<std::string(Letter)> kIssueVoucher{"issue_voucher"};

/// An account to try things with: moves on to a new run after each ten entries.
Account exampleAccount(const std::string& customer);

}  // namespace orrery::samples
