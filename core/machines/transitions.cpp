// SPDX-License-Identifier: MIT
#include "core/machines/transitions.h"

namespace orrery::machines {
namespace {

TransitionObserver& observer() {
    static TransitionObserver instance;
    return instance;
}

}  // namespace

std::optional<Edge> Tracker::next(uint8_t input) const {
    for (const Edge& edge : m_blueprint->edges) {
        if (edge.from == m_state && edge.input == input) return edge;
    }
    return std::nullopt;
}

bool Tracker::take(uint8_t input) {
    const std::optional<Edge> edge = next(input);
    if (!edge) return false;
    m_state = edge->to;
    if (observer()) observer()(*m_blueprint, *edge);
    return true;
}

void setTransitionObserver(TransitionObserver newObserver) { observer() = std::move(newObserver); }

}  // namespace orrery::machines
