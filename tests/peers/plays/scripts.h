// SPDX-License-Identifier: MIT
// The scripts, by what they are about.
#pragma once

#include <span>

#include "tests/peers/plays/play.h"

namespace orrery::test {

std::span<const PlayScript> taskPlays();
std::span<const PlayScript> activityPlays();
std::span<const PlayScript> messagePlays();
std::span<const PlayScript> updatePlays();
std::span<const PlayScript> runPlays();
std::span<const PlayScript> relativePlays();
std::span<const PlayScript> listPlays();
std::span<const PlayScript> historyPlays();

}  // namespace orrery::test
