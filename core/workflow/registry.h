// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/definition/workflow_instance.h"
#include "core/workflow/definition.h"

namespace orrery::workflow {

/// The workflow types of a worker. Filled by one thread, then handed over and left alone.
class WorkflowRegistry final : public definition::WorkflowFactory {
public:
    explicit WorkflowRegistry(DataConverter converter = payload::defaultConverter())
        : m_converter(std::move(converter)) {}

    /// Throws base::Error for a name that is taken and for a definition without run().
    template <class W>
    WorkflowRegistry& add(const Definition<W>& definition) {
        addType(definition.type());
        return *this;
    }

    std::vector<std::string> workflowTypes() const override;
    std::unique_ptr<definition::WorkflowInstance> create(const std::string& workflowType) const override;

private:
    void addType(const WorkflowType& type);

    DataConverter m_converter;
    std::map<std::string, std::shared_ptr<const WorkflowType>> m_types;
};

}  // namespace orrery::workflow
