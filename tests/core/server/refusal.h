// SPDX-License-Identifier: MIT
// How something was refused, in one line.
#pragma once

#include <QString>
#include <functional>

#include "core/base/error.h"

namespace orrery::test {

/// The code's name, a colon, and the words.
inline QString refusalOf(const base::Error& error) {
    return QString::fromStdString(std::string(base::errorCodeName(error.code())) + ": " + error.what());
}

/// The same of what the attempt throws, or "taken".
inline QString refusal(const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const base::Error& error) {
        return refusalOf(error);
    }
    return QStringLiteral("taken");
}

}  // namespace orrery::test
