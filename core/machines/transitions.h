// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace orrery::machines {

/// One allowed step of a machine; the numbers are those of its State and Input enumerations.
struct Edge {
    uint8_t from;
    uint8_t input;
    uint8_t to;
    bool operator==(const Edge&) const = default;
};

/// The whole behaviour of one kind of machine as a table. Lives for ever (static storage).
struct Blueprint {
    std::string_view machine;
    std::span<const std::string_view> states;
    std::span<const std::string_view> inputs;
    std::span<const Edge> edges;
};

/// Where one machine stands in its table. It starts in state 0.
class Tracker {
public:
    explicit Tracker(const Blueprint& blueprint) : m_blueprint(&blueprint) {}

    uint8_t state() const { return m_state; }
    std::string_view stateName() const { return m_blueprint->states[m_state]; }
    std::string_view inputName(uint8_t input) const { return m_blueprint->inputs[input]; }
    std::string_view machineName() const { return m_blueprint->machine; }
    bool accepts(uint8_t input) const { return next(input).has_value(); }
    /// Takes the step and reports it; false, without a change, when the table has none.
    bool take(uint8_t input);

private:
    std::optional<Edge> next(uint8_t input) const;

    const Blueprint* m_blueprint;
    uint8_t m_state = 0;
};

/// Told of every step of every machine, for tests that want each edge taken. Empty: nobody listens. Set it while no
/// machine runs.
using TransitionObserver = std::function<void(const Blueprint&, const Edge&)>;
void setTransitionObserver(TransitionObserver observer);

/// Every kind of machine there is.
std::vector<const Blueprint*> allBlueprints();

}  // namespace orrery::machines
