// SPDX-License-Identifier: MIT
// SQLite's log beside the file, read before SQLite reads it. Private to this folder.
#pragma once

#include <optional>
#include <string>

namespace orrery::server {

/// Why the log of the file `path` cannot be what a crash left; nullopt when it can be, or there is none. SQLite takes
/// the first bad frame for the end of the log, so damage in its middle would silently take back what was acknowledged.
/// Right for logs that were written with synchronous=full: there a group is on the disk before the next one is begun,
/// so a crash leaves nothing that stands on a group behind the first bad frame.
std::optional<std::string> logDamage(const std::string& path);

}  // namespace orrery::server
