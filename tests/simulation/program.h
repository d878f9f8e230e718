// SPDX-License-Identifier: MIT
// The workflow of the simulation: it interprets a little script that is given as its input, so that every seed has
// other workflow code, and the script in the history tells what the code was.
//
//   A<n> a<n>  an activity with options n, waited for or in the background     T<s> t<s>  a timer of s seconds,
//   likewise S<n>       waits for n signals in all   s<n>  for a signal, at most n seconds   J  waits for what is in
//   the background [x|y]      both at once                 {x|y} whichever is first, the other is cancelled X<s>(x) x
//   in a scope that is cancelled after s seconds C<n>(x) c<n>(x)  a child that runs x, with options n, waited for or
//   not G<n> K<n>  signals, cancels workflow n  P<n>  a patch, unknown to old code  M V  memo, search attribute L waits
//   for what other code of the run does     D  a random number   B<n>  n timers at once N          continues as new
//   with the rest                F f   fails, may or may not be tried again
#pragma once

#include <memory>
#include <string>

#include "core/definition/workflow_instance.h"
#include "tests/simulation/dice.h"

namespace orrery::simulation {

inline constexpr const char* kProgram = "program";

std::string makeScript(Dice& dice, int depth = 2);

/// The code before or after the deployment that brings the patches.
std::shared_ptr<const definition::WorkflowFactory> programs(bool patched);

}  // namespace orrery::simulation
