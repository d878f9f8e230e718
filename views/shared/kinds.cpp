// SPDX-License-Identifier: MIT
#include "views/shared/kinds.h"

#include <QCoreApplication>
#include <vector>

#include "views/shared/text_format.h"

namespace orrery::ui::shared {
namespace {

QString tr(const char* source) { return QCoreApplication::translate("kinds", source); }

}  // namespace

template <typename Word>
static std::vector<Role> rolesUpTo(Word last) {
    std::vector<Role> roles;
    for (int i = 0; i <= static_cast<int>(last); ++i) roles.push_back(look(static_cast<Word>(i)).role);
    return roles;
}

Look look(history::WorkflowStatus status) {
    using history::WorkflowStatus;
    switch (status) {
        case WorkflowStatus::Running: return {Role::Running, Icon::Workflow, tr("Running")};
        case WorkflowStatus::Completed: return {Role::Completed, Icon::Workflow, tr("Completed")};
        case WorkflowStatus::Failed: return {Role::Failed, Icon::Workflow, tr("Failed")};
        case WorkflowStatus::Canceled: return {Role::Cancelled, Icon::Workflow, tr("Cancelled")};
        case WorkflowStatus::Terminated: return {Role::Terminated, Icon::Workflow, tr("Terminated")};
        case WorkflowStatus::TimedOut: return {Role::TimedOut, Icon::Workflow, tr("Timed out")};
        case WorkflowStatus::ContinuedAsNew: return {Role::ContinuedAsNew, Icon::Workflow, tr("Continued as new")};
    }
    return {};
}

Look look(history::GroupKind kind) {
    using history::GroupKind;
    switch (kind) {
        case GroupKind::WorkflowTask: return {Role::WorkflowTask, Icon::WorkflowTask, tr("Workflow task")};
        case GroupKind::Activity: return {Role::Activity, Icon::Activity, tr("Activity")};
        case GroupKind::LocalActivity: return {Role::Activity, Icon::LocalActivity, tr("Local activity")};
        case GroupKind::Timer: return {Role::Timer, Icon::Timer, tr("Timer")};
        case GroupKind::ChildWorkflow: return {Role::Child, Icon::Child, tr("Child workflow")};
        case GroupKind::Signal: return {Role::Signal, Icon::Signal, tr("Signal")};
        case GroupKind::Update: return {Role::Update, Icon::Update, tr("Update")};
        case GroupKind::Nexus: return {Role::Nexus, Icon::Nexus, tr("Nexus operation")};
        case GroupKind::Marker: return {Role::Marker, Icon::Marker, tr("Marker")};
        case GroupKind::ExternalSignal: return {Role::Signal, Icon::Signal, tr("Signal to another workflow")};
        case GroupKind::ExternalCancel: return {Role::Cancelled, Icon::Signal, tr("Cancellation of another workflow")};
        case GroupKind::Workflow: return {Role::Running, Icon::Workflow, tr("Workflow")};
        case GroupKind::Other: return {Role::Marker, Icon::Marker, tr("Other")};
    }
    return {};
}

Look look(history::GroupState state) {
    using history::GroupState;
    switch (state) {
        case GroupState::Scheduled: return {Role::Secondary, Icon::Timer, tr("Scheduled")};
        case GroupState::Running: return {Role::Running, Icon::Play, tr("Running")};
        case GroupState::Completed: return {Role::Completed, Icon::Workflow, tr("Completed")};
        case GroupState::Failed: return {Role::Failed, Icon::Warning, tr("Failed")};
        case GroupState::TimedOut: return {Role::TimedOut, Icon::Warning, tr("Timed out")};
        case GroupState::Canceled: return {Role::Cancelled, Icon::Close, tr("Cancelled")};
        case GroupState::Terminated: return {Role::Terminated, Icon::Close, tr("Terminated")};
        case GroupState::Rejected: return {Role::Failed, Icon::Close, tr("Rejected")};
    }
    return {};
}

Look look(history::EventCategory category) {
    using history::EventCategory;
    using history::GroupKind;
    switch (category) {
        case EventCategory::Workflow: return look(GroupKind::Workflow);
        case EventCategory::WorkflowTask: return look(GroupKind::WorkflowTask);
        case EventCategory::Activity: return look(GroupKind::Activity);
        case EventCategory::Timer: return look(GroupKind::Timer);
        case EventCategory::Signal: return look(GroupKind::Signal);
        case EventCategory::Update: return look(GroupKind::Update);
        case EventCategory::ChildWorkflow: return look(GroupKind::ChildWorkflow);
        case EventCategory::Nexus: return look(GroupKind::Nexus);
        case EventCategory::Marker: return look(GroupKind::Marker);
        case EventCategory::External: return look(GroupKind::ExternalSignal);
        case EventCategory::Other: return look(GroupKind::Other);
    }
    return {};
}

Role roleOf(history::GroupKind kind) {
    static const auto kRoles = rolesUpTo(history::GroupKind::Other);
    return kRoles[static_cast<size_t>(kind)];
}

Role roleOf(history::GroupState state) {
    static const auto kRoles = rolesUpTo(history::GroupState::Rejected);
    return kRoles[static_cast<size_t>(state)];
}

QString eventWord(const std::string& typeName) {
    QString name = text(typeName);
    // The protocol's long words say "Task" and "Execution" where people do not.
    name.replace(QLatin1String("ActivityTask"), QLatin1String("Activity"));
    name.replace(QLatin1String("WorkflowExecution"), QLatin1String("Workflow"));
    return spacedWords(name);
}

bool isFailure(const std::string& typeName) { return typeName.ends_with("Failed") || typeName.ends_with("TimedOut"); }

}  // namespace orrery::ui::shared
