// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace orrery::simulation {

/// A rule of the oracle does not hold. Ends the simulation at once.
class Violation : public std::runtime_error {
public:
    Violation(std::string rule, const std::string& what, std::string runId = {})
        : std::runtime_error(what), m_rule(std::move(rule)), m_runId(std::move(runId)) {}

    /// A short name, the same for every violation of the rule; shrinking keeps to it.
    const std::string& rule() const { return m_rule; }
    /// The run it is about; empty when it is about none in particular.
    const std::string& runId() const { return m_runId; }

private:
    std::string m_rule;
    std::string m_runId;
};

}  // namespace orrery::simulation
