// SPDX-License-Identifier: MIT
// For features that are off: their requests are read and checked as far as Temporal's server does, and then refused.
#pragma once

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

/// The same, but `check` may throw something else before.
template <typename Request>
void refuseAll(Methods& methods, const char* name, const ServiceError& error, void (*check)(const Request&)) {
    methods.addAsync<Request>(name, [error, check](World& world, const Request& request, const CallPtr&) {
        world.namespaceOf(request.namespace_());
        check(request);
        throw error;
    });
}

}  // namespace orrery::server
