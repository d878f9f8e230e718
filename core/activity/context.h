// SPDX-License-Identifier: MIT
#pragma once

#include "core/definition/activity_invoker.h"
#include "core/payload/converter.h"

namespace orrery::activity {

/// The attempt that runs on this thread, while it lives. What activity.h's functions look at.
class Context {
public:
    Context(const definition::ActivityTask& task, const payload::DataConverter& converter);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    /// Throws base::Error(FailedPrecondition) when no activity runs on this thread.
    static const Context& current();

    const definition::ActivityTask& task() const { return m_task; }
    const payload::DataConverter& converter() const { return m_converter; }

private:
    const definition::ActivityTask& m_task;
    const payload::DataConverter& m_converter;
    const Context* m_before;
};

}  // namespace orrery::activity
