// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "core/machines/machine.h"

namespace orrery::machines {

/// What a patch marker says.
struct PatchMarker {
    std::string patchId;
    bool deprecated = false;
};

/// Reads a marker written by patched(), in the present form or in that of old histories; nullopt for other events.
std::optional<PatchMarker> patchMarker(const HistoryEvent& event);

/// One patch of the code, recorded by a marker.
class PatchMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    PatchMachine(const definition::command::SetPatchMarker& command, Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

    const std::string& patchId() const { return m_patchId; }

private:
    std::string m_patchId;
};

}  // namespace orrery::machines
