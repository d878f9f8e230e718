// SPDX-License-Identifier: MIT
// Inside of the room: what parts code and history in one task, told to a person.
#pragma once

#include <optional>

#include "core/replay/compare.h"
#include "core/replay/plan.h"
#include "core/replay/player.h"

namespace orrery::replay {

/// The first difference of a stretch, hard before soft; nullopt when there is none. `waiting` is where the code stands.
std::optional<Divergence> divergenceOf(const Plan& plan, const Stretch& stretch, const std::vector<Side>& recorded,
                                       const Comparison& comparison, const Player::Played& played,
                                       const std::vector<Waiter>& waiting);

}  // namespace orrery::replay
