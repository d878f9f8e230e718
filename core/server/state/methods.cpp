// SPDX-License-Identifier: MIT
#include "core/server/state/methods.h"

#include <exception>

#include "core/base/log.h"
#include "core/server/state/absent_calls.h"
#include "core/server/state/attempt_calls.h"
#include "core/server/state/checks.h"
#include "core/server/state/options.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {

namespace {

/// Clients of a test server use namespaces that nobody registers: as Temporal's own, it makes up those it is asked for.
void makeUpNamespace(World& world, const google::protobuf::Message& request) {
    if (!world.options.testService) return;
    const auto* type = request.GetDescriptor();
    for (const char* own : {"RegisterNamespaceRequest", "UpdateNamespaceRequest", "DeleteNamespaceRequest"}) {
        if (type->name() == own) return;
    }
    const auto* field = type->FindFieldByName("namespace");
    if (field == nullptr || field->is_repeated() || field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) {
        return;
    }
    const std::string name = request.GetReflection()->GetString(request, field);
    if (!name.empty() && !tooLong(name) && name != kSystemNamespace && world.namespaces().count(name) == 0) {
        world.addNamespace(name);
    }
}

}  // namespace

void Methods::run(const Method& method, World& world, const google::protobuf::Message& request, const CallPtr& call) {
    try {
        makeUpNamespace(world, request);
        method.handle(world, request, call);
    } catch (const ServiceError& error) {
        world.fail(call, error);
    } catch (const std::exception& error) {
        base::log(base::LogLevel::Error, "server",
                  "A request failed inside the server: " + request.GetDescriptor()->full_name() + ": " + error.what());
        world.fail(call, ServiceError(base::ErrorCode::Internal, "Internal error."));
    }
}

const Methods& allMethods() {
    static const Methods methods = [] {
        Methods table;
        table.service("temporal.api.workflowservice.v1.WorkflowService");
        addHistoryMethods(table);
        addTaskMethods(table);
        addActivityMethods(table);
        addStartMethods(table);
        addMessageMethods(table);
        addQueryMethods(table);
        addUpdateMethods(table);
        addMultiOperationMethods(table);
        addDescribeMethods(table);
        addVisibilityMethods(table);
        addNamespaceMethods(table);
        addSystemMethods(table);
        addWorkerMethods(table);
        addResetMethods(table);
        addSkipMethods(table);
        addOptionMethods(table);
        addOffMethods(table);
        addAbsentMethods(table);
        table.service("temporal.api.operatorservice.v1.OperatorService");
        addOperatorMethods(table);
        addAbsentOperatorMethods(table);
        table.service("temporal.api.testservice.v1.TestService");
        addTestMethods(table);
        table.service("orrery.clock.v1.Clock");
        addClockMethods(table);
        table.service("orrery.history.v1.Attempts");
        addAttemptMethods(table);
        return table;
    }();
    return methods;
}

}  // namespace orrery::server
