// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>

#include "app/samples/account.h"
#include "app/samples/ledger.h"
#include "app/samples/order.h"
#include "app/samples/survey.h"
#include "app/samples/trip.h"
#include "core/activity/registry.h"
#include "core/workflow/registry.h"

namespace orrery::samples {

/// Makes the samples known to a worker; they belong on the task queue kSamplesTaskQueue.
void registerSamples(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities,
                     const std::shared_ptr<Ledger>& ledger = std::make_shared<Ledger>());

}  // namespace orrery::samples
