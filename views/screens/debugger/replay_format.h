// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <optional>

#include "core/replay/step.h"
#include "views/shared/history_view.h"
#include "views/shared/kinds.h"

/// What a replay shows, in words. Plain functions.
namespace orrery::ui::debugger {

/// What the history alone says of a task: "charge_card done → send_receipt". Linear in the task's events.
QString taskWords(const shared::HistoryView& view, const replay::TaskInfo& task, int64_t afterEvent);

/// "OrderApproval::process" of what the compiler spells out with namespaces, parameters and results.
QString functionWords(const std::string& spelled);
/// "order_approval.cpp:47", or nothing when the place is not known.
QString placeWords(const replay::SourceLine& place);

/// Shape and colour of a command by its kind.
shared::Look commandLook(const std::string& kind);

/// "same", "differs, line 47", "differs silently", "not recorded yet".
QString verdictWords(const replay::ComparedCommand& command);

}  // namespace orrery::ui::debugger
