// SPDX-License-Identifier: MIT
#include <QTest>

#include <google/protobuf/util/json_util.h>

#include "tests/core/server/driver.h"

using namespace orrery;
using base::ErrorCode;
using test::Driver;

/// What is not here is answered as where it is switched off; the words are those of a server 1.29.1 that was told to.
class AbsentCallsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void namespacesAreCheckedFirst();
    void deletingNothingIsNoError();
};

namespace {

const QString kWorkflows = QStringLiteral("temporal.api.workflowservice.v1.WorkflowService");
const QString kOperator = QStringLiteral("temporal.api.operatorservice.v1.OperatorService");

test::Kept ask(Driver& driver, const QString& service, const QString& name, const QString& json) {
    const auto* method = server::allMethods().find(QStringLiteral("/%1/%2").arg(service, name).toStdString());
    if (method == nullptr) qFatal("no method %s", qPrintable(name));
    const auto request = method->newRequest();
    if (!google::protobuf::util::JsonStringToMessage(json.toStdString(), request.get()).ok()) qFatal("bad JSON");
    auto kept = std::make_shared<test::KeptCall>();
    driver.input([&] { server::Methods::run(*method, driver.world, *request, kept); });
    return kept;
}

/// One row for each method. "%1" in the message is its name.
void row(const char* methods, const char* fields, ErrorCode code, const QString& message) {
    for (const QString& method : QString::fromUtf8(methods).split(' ')) {
        const QString request = QStringLiteral("{\"namespace\":\"default\"%1}").arg(QLatin1String(fields));
        QTest::addRow("%s %s", qPrintable(method), fields)
            << kWorkflows << method << request << int(code) << QString(message).replace("%1", method);
    }
}

void addDeployments() {
    const char* deployments = "Worker Deployment Versions are disabled on this namespace.";
    row("DescribeWorkerDeploymentVersion SetWorkerDeploymentCurrentVersion SetWorkerDeploymentRampingVersion "
        "ListWorkerDeployments DescribeWorkerDeployment ValidateWorkerDeploymentVersionComputeConfig",
        "", ErrorCode::PermissionDenied, deployments);
    row("CreateWorkerDeployment CreateWorkerDeploymentVersion UpdateWorkerDeploymentVersionComputeConfig", "",
        ErrorCode::InvalidArgument, "deployment name cannot be empty");
    row("CreateWorkerDeployment", R"(,"deploymentName":"d")", ErrorCode::PermissionDenied, deployments);
    row("CreateWorkerDeploymentVersion", R"(,"deploymentVersion":{"deploymentName":"d"})", ErrorCode::InvalidArgument,
        "build ID cannot be empty");
    row("CreateWorkerDeploymentVersion UpdateWorkerDeploymentVersionComputeConfig",
        R"(,"deploymentVersion":{"deploymentName":"d","buildId":"b"})", ErrorCode::PermissionDenied, deployments);
    row("SetWorkerDeploymentManager", "", ErrorCode::InvalidArgument, "Identity is required");
    row("SetWorkerDeploymentManager", R"(,"identity":"i","deploymentName":"d")", ErrorCode::NotFound,
        "workflow not found for ID: temporal-sys-worker-deployment:d");
    row("DeleteWorkerDeployment", "", ErrorCode::InvalidArgument, "WorkerDeploymentName cannot be empty");
    row("DeleteWorkerDeployment", R"(,"deploymentName":"a.b")", ErrorCode::InvalidArgument,
        "worker deployment name cannot contain '.'");
    row("DeleteWorkerDeploymentVersion", R"(,"version":"x")", ErrorCode::InvalidArgument,
        R"(invalid version string "x", expected format is "<deployment_name>.<build_id>")");
    row("DeleteWorkerDeploymentVersion", R"(,"deploymentVersion":{"deploymentName":"d","buildId":"b"})",
        ErrorCode::NotFound, "workflow not found for ID: temporal-sys-worker-deployment:d");
    row("UpdateWorkerDeploymentVersionMetadata", "", ErrorCode::InvalidArgument,
        "At least one of remove_entries or upsert_entries must be provided");
    row("UpdateWorkerDeploymentVersionMetadata",
        R"(,"removeEntries":["a"],"deploymentVersion":{"deploymentName":"d","buildId":"b"})", ErrorCode::NotFound,
        "workflow not found for ID: temporal-sys-worker-deployment-version:d:b");
}

}  // namespace

void AbsentCallsTest::answers_data() {
    QTest::addColumn<QString>("service");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("request");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    row("CreateSchedule DescribeSchedule UpdateSchedule ListScheduleMatchingTimes DeleteSchedule ListSchedules "
        "CountSchedules",
        "", ErrorCode::PermissionDenied, "Schedules are disabled on this namespace.");
    row("PatchSchedule", "", ErrorCode::InvalidArgument, "Patch is not set on request.");
    row("PatchSchedule", R"(,"patch":{})", ErrorCode::PermissionDenied, "Schedules are disabled on this namespace.");
    const char* batches = "Batch operation feature are disabled on this namespace.";
    row("StartBatchOperation ListBatchOperations", "", ErrorCode::PermissionDenied, batches);
    row("StopBatchOperation DescribeBatchOperation", "", ErrorCode::InvalidArgument, "JobId is not set on request.");
    row("StopBatchOperation", R"(,"jobId":"j")", ErrorCode::InvalidArgument, "Reason is not set on request.");
    row("StopBatchOperation", R"(,"jobId":"j","reason":"r")", ErrorCode::PermissionDenied, batches);
    row("DescribeBatchOperation", R"(,"jobId":"j")", ErrorCode::PermissionDenied, batches);
    addDeployments();
    row("PauseActivity UnpauseActivity ResetActivity UpdateActivityOptions", "", ErrorCode::Unimplemented,
        "method %1 not supported");
    row("PauseActivityExecution UnpauseActivityExecution ResetActivityExecution UpdateActivityExecutionOptions",
        R"(,"workflowId":"w")", ErrorCode::Unimplemented, "method %1 not supported");
    row("PauseActivityExecution UnpauseActivityExecution ResetActivityExecution UpdateActivityExecutionOptions "
        "StartActivityExecution DescribeActivityExecution PollActivityExecution ListActivityExecutions "
        "CountActivityExecutions RequestCancelActivityExecution TerminateActivityExecution DeleteActivityExecution",
        "", ErrorCode::Unimplemented, "Standalone activity is disabled");
    row("RespondNexusTaskCompleted RespondNexusTaskFailed", "", ErrorCode::InvalidArgument,
        "Task token not set on request.");
    row("RespondNexusTaskCompleted RespondNexusTaskFailed", R"(,"taskToken":"eHh4")", ErrorCode::InvalidArgument,
        "Error deserializing task token.");
    for (const char* method : {"CreateNexusEndpoint", "UpdateNexusEndpoint", "DeleteNexusEndpoint", "GetNexusEndpoint",
                               "ListNexusEndpoints"}) {
        QTest::newRow(method) << kOperator << QString::fromUtf8(method) << "{}" << int(ErrorCode::NotFound)
                              << "Nexus APIs are disabled";
    }
    QTest::newRow("RemoveRemoteCluster") << kOperator << "RemoveRemoteCluster" << "{}" << int(ErrorCode::NotFound)
                                         << "The cluster to be deleted cannot be found in clusters cache.";
}

void AbsentCallsTest::answers() {
    QFETCH(QString, service);
    QFETCH(QString, method);
    QFETCH(QString, request);
    Driver driver;
    const auto answered = ask(driver, service, method, request);
    QTEST(int(answered->code()), "code");
    QTEST(QString::fromStdString(answered->message()), "message");
    if (answered->code() == base::ErrorCode::PermissionDenied) {
        QCOMPARE(answered->detail(), std::string("temporal.api.errordetails.v1.PermissionDeniedFailure"));
    }
}

void AbsentCallsTest::namespacesAreCheckedFirst() {
    Driver driver;
    for (const char* method : {"CreateSchedule", "StopBatchOperation", "DeleteWorkerDeployment", "PauseActivity"}) {
        const auto answered = ask(driver, kWorkflows, QString::fromUtf8(method), R"({"namespace":"nowhere"})");
        QCOMPARE(answered->code(), base::ErrorCode::NotFound);
        QCOMPARE(answered->message(), std::string("Namespace nowhere is not found."));
    }
}

void AbsentCallsTest::deletingNothingIsNoError() {
    Driver driver;
    QVERIFY(!ask(driver, kWorkflows, "DeleteWorkerDeployment", R"({"namespace":"default","deploymentName":"d"})")
                 ->failed());
}

QTEST_GUILESS_MAIN(AbsentCallsTest)
#include "absent_calls_test.moc"
