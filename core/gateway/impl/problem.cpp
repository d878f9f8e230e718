// SPDX-License-Identifier: MIT
#include "core/gateway/impl/problem.h"

namespace orrery::gateway {

Problem problemFrom(const base::Error& error) { return {error.code(), error.what(), error.fields()}; }

Problem problemFromCurrentException() {
    try {
        throw;
    } catch (const base::Error& error) {
        return problemFrom(error);
    } catch (const std::exception& error) {
        return {base::ErrorCode::Internal, error.what(), {}};
    } catch (...) {
        return {base::ErrorCode::Internal, "something went wrong that says nothing about itself", {}};
    }
}

}  // namespace orrery::gateway
