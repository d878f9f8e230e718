// SPDX-License-Identifier: MIT
#include "core/gateway/impl/jobs.h"

namespace orrery::gateway {

base::Executor& jobPool() {
    static base::ThreadPool pool("jobs", 2);
    return pool;
}

}  // namespace orrery::gateway
