// SPDX-License-Identifier: MIT
// What list filters can ask of a run: its search attributes, and how their values compare.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/server/state/attributes.h"

namespace orrery::server {

/// Wide enough for every whole number and every double; times are microseconds, as SQL stores keep them.
using FilterNumber = long double;

struct FilterField {
    std::string alias;  ///< as the query calls it
    std::string name;   ///< of the attribute itself
    enums::IndexedValueType type = enums::INDEXED_VALUE_TYPE_UNSPECIFIED;
};

/// Resolves a query's name: the namespace's own attributes first, then the server's, the latter also without or with a
/// "Temporal" before their names. nullopt when there is none.
std::optional<FilterField> filterField(const Namespace& ns, const std::string& name);

/// How the run's value is read; absent when the run has none. Bools are 0 and 1, statuses their numbers.
using NumberReader = std::function<std::optional<FilterNumber>(const Run&)>;
using TextReader = std::function<std::optional<std::string>(const Run&)>;
using ListReader = std::function<std::optional<std::vector<std::string>>(const Run&)>;

bool isNumberField(const FilterField& field);
NumberReader numberReader(const FilterField& field);
TextReader textReader(const FilterField& field);
ListReader listReader(const FilterField& field);

FilterNumber filterNumber(base::Timestamp time);

}  // namespace orrery::server
