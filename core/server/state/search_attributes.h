// SPDX-License-Identifier: MIT
// Custom search attributes: their types, and how their values compare with what a query says.
#pragma once

#include <string>
#include <vector>

#include "core/server/state/world.h"

namespace orrery::server {

/// Writes each registered attribute's type beside its value, where typed readers look for it.
void typeAttributes(const World& world, const std::string& ns, common::SearchAttributes* attributes);

/// How the run's values of an attribute stand to the word of a query: negative, zero or positive for each value that
/// can be compared with it. Empty when the run does not have the attribute.
std::vector<int> compareAttribute(const Run& run, const std::string& name, int type, const std::string& word);
/// The values as text, for STARTS_WITH.
std::vector<std::string> attributeTexts(const Run& run, const std::string& name);
bool hasAttribute(const Run& run, const std::string& name);

}  // namespace orrery::server
