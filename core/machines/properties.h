// SPDX-License-Identifier: MIT
#pragma once

#include "core/machines/machine.h"

namespace orrery::machines {

/// An upsert of search attributes or a change of the memo.
class PropertiesMachine final : public Machine {
public:
    static const Blueprint& blueprint();

    PropertiesMachine(const definition::command::UpsertSearchAttributes& command, Reactions& out);
    PropertiesMachine(const definition::command::ModifyProperties& command, Reactions& out);

    void onEvent(const HistoryEvent& event, Reactions& out) override;
    std::string describe() const override;
    bool finished() const override;

private:
    bool m_searchAttributes;
};

}  // namespace orrery::machines
