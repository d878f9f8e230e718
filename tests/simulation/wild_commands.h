// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/wild_worker.h"

namespace orrery::simulation {

/// Adds up to a handful of commands that the facts allow, in an order that no workflow code has. `tag` makes ids new.
void addWildCommands(const WildFacts& facts, const std::string& tag, Dice& dice,
                     api::RespondWorkflowTaskCompletedRequest* request);
/// One that has to be refused, or that ends the run although something stands behind it.
void addNonsense(const WildFacts& facts, Dice& dice, api::RespondWorkflowTaskCompletedRequest* request);
/// Answers each update that came with the task: rejected, accepted, or completed at once. Polite: all are completed.
void addUpdateAnswers(const api::PollWorkflowTaskQueueResponse& task, const WildFacts& facts, Dice& dice, bool polite,
                      api::RespondWorkflowTaskCompletedRequest* request);
void addCompletion(const WildFacts& facts, api::RespondWorkflowTaskCompletedRequest* request);

}  // namespace orrery::simulation
