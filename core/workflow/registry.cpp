// SPDX-License-Identifier: MIT
#include "core/workflow/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/workflow/instance.h"

namespace orrery::workflow {

using base::Error;
using base::ErrorCode;

void WorkflowRegistry::addType(const WorkflowType& type) {
    const std::string shown = type.name.empty() ? "The dynamic workflow" : "Workflow '" + type.name + "'";
    if (!type.run) throw Error(ErrorCode::InvalidArgument, shown + " has no run().");
    if (!m_types.emplace(type.name, std::make_shared<const WorkflowType>(type)).second) {
        throw Error(ErrorCode::AlreadyExists, shown + " is registered twice.");
    }
}

std::vector<std::string> WorkflowRegistry::workflowTypes() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : m_types) {
        if (!name.empty()) names.push_back(name);
    }
    return names;
}

std::unique_ptr<definition::WorkflowInstance> WorkflowRegistry::create(const std::string& workflowType) const {
    auto found = m_types.find(workflowType);
    if (found == m_types.end()) found = m_types.find("");
    if (found == m_types.end()) {
        throw Error(ErrorCode::NotFound,
                    fmt::format("Workflow type '{}' is not registered on this worker; it knows: {}.", workflowType,
                                fmt::join(workflowTypes(), ", ")),
                    {{"workflowType", workflowType}});
    }
    return std::make_unique<Instance>(found->second, m_converter);
}

}  // namespace orrery::workflow
