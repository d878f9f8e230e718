// SPDX-License-Identifier: MIT
#include "core/workflow/definition.h"

#include "core/base/error.h"

namespace orrery::workflow::detail {

using base::Error;
using base::ErrorCode;

void requireNewHandler(const std::string& workflow, const char* kind, const std::string& name, bool taken) {
    const std::string place = "Workflow '" + workflow + "': ";
    if (name.empty()) throw Error(ErrorCode::InvalidArgument, place + "a " + kind + " has an empty name.");
    if (name.starts_with("__")) {
        throw Error(ErrorCode::InvalidArgument,
                    place + "the " + kind + " '" + name + "' begins with \"__\", which is reserved.");
    }
    if (taken) throw Error(ErrorCode::AlreadyExists, place + "the " + kind + " '" + name + "' is defined twice.");
}

void requireUpdate(const std::string& workflow, bool found) {
    if (found) return;
    throw Error(ErrorCode::InvalidArgument,
                "Workflow '" + workflow + "': validator() follows the update() that it belongs to.");
}

}  // namespace orrery::workflow::detail
