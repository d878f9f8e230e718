// SPDX-License-Identifier: MIT
// Which builds of a worker have worked on a run, as far as they said. They are no search attributes in the run itself,
// which would cost every run some hundred bytes: the two attributes are made when somebody asks.
#pragma once

#include <string>
#include <vector>

#include <temporal/api/common/v1/message.pb.h>

#include "core/server/state/run.h"

namespace orrery::server {

/// A worker of this build has completed a workflow task; the stamp may name none. Of more builds than a value has room
/// for, the oldest go.
void noteBuild(Run& run, const common::WorkerVersionStamp& stamp);

/// The stamp of the worker that completed the last task; empty where none was, or it had none.
common::WorkerVersionStamp lastWorkerVersion(const Run& run);

/// The words of the attribute of this name, BuildIds or BinaryChecksums; none for any other, and for a run that no
/// worker has worked on.
std::vector<std::string> buildWords(const Run& run, const std::string& attribute);

/// Adds both attributes where they have words.
void addBuildAttributes(const Run& run, common::SearchAttributes* attributes);

}  // namespace orrery::server
