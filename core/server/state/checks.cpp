// SPDX-License-Identifier: MIT
#include "core/server/state/checks.h"

#include <cctype>

#include "core/payload/proto.h"

namespace orrery::server {
namespace {

namespace queue_api = temporal::api::taskqueue::v1;

constexpr std::string_view kReservedQueuePrefix = "/_sys/";
constexpr std::string_view kInternalQueue = "temporal-sys-per-ns-tq";
constexpr size_t kLongestFairnessKey = 64;
constexpr int kMostLinks = 10;
constexpr size_t kLargestLink = 4000;

Problem queueNameProblem(const std::string& name, QueueNames allowed) {
    if (tooLong(name)) return "taskQueue length exceeds limit";
    if (allowed != QueueNames::Partitions && name.starts_with(kReservedQueuePrefix)) {
        return "task queue name cannot start with reserved prefix " + std::string(kReservedQueuePrefix);
    }
    return std::nullopt;
}

/// What a link to something lacks: each field with its name.
Problem emptyField(const char* kind, std::initializer_list<std::pair<const std::string&, const char*>> fields) {
    for (const auto& [value, name] : fields) {
        if (value.empty()) return std::string(kind) + " link must not have an empty " + name;
    }
    return std::nullopt;
}

Problem linkProblem(const common::Link& link) {
    switch (link.variant_case()) {
        case common::Link::kWorkflowEvent: {
            const auto& event = link.workflow_event();
            auto problem = emptyField("workflow event", {{event.namespace_(), "namespace field"},
                                                         {event.workflow_id(), "workflow ID field"},
                                                         {event.run_id(), "run ID field"}});
            if (problem) return problem;
            const auto& reference = event.event_ref();
            if (reference.event_type() == enums::EVENT_TYPE_UNSPECIFIED && reference.event_id() != 0) {
                return "workflow event link ref cannot have an unspecified event type and a non-zero event ID";
            }
            return std::nullopt;
        }
        case common::Link::kBatchJob: return emptyField("batch job", {{link.batch_job().job_id(), "job ID"}});
        case common::Link::kActivity:
            return emptyField("activity", {{link.activity().namespace_(), "namespace field"},
                                           {link.activity().activity_id(), "activity ID field"},
                                           {link.activity().run_id(), "run ID field"}});
        case common::Link::kNexusOperation:
            return emptyField("nexus operation", {{link.nexus_operation().namespace_(), "namespace field"},
                                                  {link.nexus_operation().operation_id(), "operation ID field"},
                                                  {link.nexus_operation().run_id(), "run ID field"}});
        default: return "unsupported link variant";
    }
}

}  // namespace

bool isUuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
    }
    return true;
}

bool isNegative(const google::protobuf::Duration& duration) {
    return payload::fromProto(duration) < base::Duration::zero();
}

Problem taskQueueProblem(const queue_api::TaskQueue* queue, QueueNames allowed) {
    if (queue == nullptr) return "taskQueue is not set";
    if (queue->name().empty()) return "missing task queue name";
    if (auto problem = queueNameProblem(queue->name(), allowed)) return problem;
    if (queue->kind() == enums::TASK_QUEUE_KIND_STICKY && !queue->normal_name().empty()) {
        if (auto problem = queueNameProblem(queue->normal_name(), allowed)) return problem;
    }
    if (allowed == QueueNames::Users && queue->name() == kInternalQueue) {
        return "cannot use internal per-namespace task queue:" + queue->name();
    }
    return std::nullopt;
}

Problem priorityProblem(const common::Priority& priority) {
    if (priority.priority_key() < 0) return "priority key can't be negative";
    if (priority.fairness_key().size() > kLongestFairnessKey) return "fairness key length exceeds limit";
    if (priority.fairness_weight() < 0) return "must be greater than zero";
    return std::nullopt;
}

Problem linksProblem(const google::protobuf::RepeatedPtrField<common::Link>& links) {
    if (links.size() > kMostLinks) {
        return "cannot attach more than " + std::to_string(kMostLinks) + " links per request, got " +
               std::to_string(links.size());
    }
    for (const common::Link& link : links) {
        if (link.ByteSizeLong() > kLargestLink) {
            return "link exceeds allowed size of " + std::to_string(kLargestLink) + ", got " +
                   std::to_string(link.ByteSizeLong());
        }
        if (auto problem = linkProblem(link)) return problem;
    }
    return std::nullopt;
}

Problem overrideProblem(const temporal::api::workflow::v1::VersioningOverride& versioning) {
    const bool named = !versioning.pinned_version().empty() || versioning.has_deployment();
    if (versioning.behavior() == enums::VERSIONING_BEHAVIOR_PINNED && !named) {
        return "must provide deployment (deprecated) or pinned version if behavior is 'PINNED'";
    }
    return std::nullopt;
}

void checkCallbacks(const google::protobuf::RepeatedPtrField<common::Callback>& callbacks) {
    for (const common::Callback& callback : callbacks) {
        if (!callback.has_nexus()) throw unimplemented("unknown callback variant: <nil>");
        const std::string& url = callback.nexus().url();
        if (!url.starts_with("http://") && !url.starts_with("https://") && !url.starts_with("temporal://")) {
            throw invalidArgument("invalid url: unknown scheme: " + url);
        }
        // No address is configured: nobody could be called.
        throw invalidArgument("invalid url: url does not match any configured callback address: " + url);
    }
}

void checkExecution(const common::WorkflowExecution* execution) {
    if (execution == nullptr) throw invalidArgument("Execution is not set on request.");
    if (execution->workflow_id().empty()) throw invalidArgument("WorkflowId is not set on request.");
    if (!execution->run_id().empty() && !isUuid(execution->run_id())) throw invalidArgument("Invalid RunId.");
}

void checkTokenNamespace(World& world, const std::string& ns) {
    if (!ns.empty()) world.namespaceOf(ns);
}

void checkIdentity(const std::string& identity) {
    if (tooLong(identity)) throw invalidArgument("Identity length exceeds limit.");
}

void checkRequestId(const std::string& id) {
    if (tooLong(id)) throw invalidArgument("RequestId length exceeds limit.");
}

void checkBlob(const World& world, const google::protobuf::Message& blob) {
    if (blob.ByteSizeLong() > world.limits().blobSize) throw invalidArgument("Blob data size exceeds limit.");
}

void checkMemo(const World& world, const common::Memo& memo) {
    if (memo.ByteSizeLong() > world.limits().memoSize) throw invalidArgument("Memo size exceeds limit.");
}

}  // namespace orrery::server
