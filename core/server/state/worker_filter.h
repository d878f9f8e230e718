// SPDX-License-Identifier: MIT
// Which of the workers that say that they live a caller asks for: a filter in the language of lists, with names of its
// own and fewer operators.
#pragma once

#include <functional>
#include <string>

namespace temporal::api::worker::v1 {
class WorkerHeartbeat;
}

namespace orrery::server {

using WorkerFilter = std::function<bool(const temporal::api::worker::v1::WorkerHeartbeat&)>;

/// Throws INVALID_ARGUMENT for what is no filter at all. A worker of which a condition cannot be asked, for the name is
/// unknown or the value is none of its kind, is not among those asked for.
WorkerFilter workerFilter(const std::string& query);

}  // namespace orrery::server
