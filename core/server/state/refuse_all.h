// SPDX-License-Identifier: MIT
// For features that are off: their requests are read and checked as far as Temporal's server does, and then refused.
#pragma once

#include <string>

#include "core/server/state/methods.h"

namespace orrery::server {

/// Refuses every request that names a known namespace.
template <typename Request>
void refuseAll(Methods& methods, const char* name, const ServiceError& error) {
    methods.addAsync<Request>(name, [error](World& world, const Request& request, const CallPtr&) {
        world.namespaceOf(request.namespace_());
        throw error;
    });
}

/// In the words for a method of a feature that is off altogether.
inline ServiceError notSupported(const char* name) {
    return unimplemented(std::string("method ") + name + " not supported");
}
template <typename Request>
void refuseAsNotSupported(Methods& methods, const char* name) {
    refuseAll<Request>(methods, name, notSupported(name));
}

/// As refuseAll(), but `check` may throw something else before.
template <typename Request>
void refuseAll(Methods& methods, const char* name, const ServiceError& error, void (*check)(const Request&)) {
    methods.addAsync<Request>(name, [error, check](World& world, const Request& request, const CallPtr&) {
        world.namespaceOf(request.namespace_());
        check(request);
        throw error;
    });
}

}  // namespace orrery::server
