// SPDX-License-Identifier: MIT
#include "core/definition/activation.h"

#include <array>

namespace orrery::definition {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Job>> kJobNames = {
    "InitializeWorkflow",
    "FireTimer",
    "ResolveActivity",
    "SignalWorkflow",
    "QueryWorkflow",
    "CancelWorkflow",
    "DoUpdate",
    "NotifyHasPatch",
    "UpdateRandomSeed",
    "ResolveChildWorkflowStart",
    "ResolveChildWorkflow",
    "ResolveSignalExternal",
    "ResolveRequestCancelExternal",
    "RemoveFromCache",
};

constexpr std::array<std::string_view, std::variant_size_v<Command>> kCommandNames = {
    "StartTimer",
    "CancelTimer",
    "ScheduleActivity",
    "RequestCancelActivity",
    "ScheduleLocalActivity",
    "RequestCancelLocalActivity",
    "CompleteWorkflow",
    "FailWorkflow",
    "CancelWorkflowExecution",
    "ContinueAsNew",
    "QueryResult",
    "UpdateResponse",
    "SetPatchMarker",
    "UpsertSearchAttributes",
    "ModifyProperties",
    "StartChildWorkflow",
    "CancelChildWorkflow",
    "SignalExternalWorkflow",
    "CancelSignalExternal",
    "RequestCancelExternalWorkflow",
};

}  // namespace

std::string_view jobName(const Job& job) { return kJobNames[job.index()]; }

std::string_view commandName(const Command& command) { return kCommandNames[command.index()]; }

}  // namespace orrery::definition
