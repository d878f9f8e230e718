// SPDX-License-Identifier: MIT
// Holds the place of the room until its first source lands.
namespace orrery::machines {}
