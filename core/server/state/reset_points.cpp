// SPDX-License-Identifier: MIT
#include "core/server/state/reset_points.h"

#include <algorithm>

#include <temporal/api/workflow/v1/message.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/later.h"

namespace orrery::server {
namespace {

constexpr int kMostPoints = 20;

}  // namespace

void noteResetPoint(Run& run, const HistoryEvent& completed, bool resettable) {
    const auto& attributes = completed.workflow_task_completed_event_attributes();
    const std::string& checksum = attributes.binary_checksum();
    const std::string& build = attributes.worker_version().build_id();
    const auto isSame = [&](const auto& point) {
        if constexpr (requires { point.binary_checksum(); }) {
            return point.binary_checksum() == checksum && point.build_id() == build;
        } else {
            return point.checksum == checksum && point.buildId == build;
        }
    };
    if (std::any_of(run.resetPoints.begin(), run.resetPoints.end(), isSame)) return;
    // Only a run that follows another has points from before it.
    if (run.firstRunId != run.runId) {
        const auto started = run.startedEvent();
        const auto& before = started.prev_auto_reset_points().points();
        if (std::any_of(before.begin(), before.end(), isSame)) return;
    }
    ResetPoint point;
    point.checksum = checksum;
    point.buildId = build;
    point.completedId = completed.event_id();
    point.time = payload::fromProto(completed.event_time());
    point.resettable = resettable;
    if (run.resetPoints.size() == kMostPoints) run.resetPoints.erase(run.resetPoints.begin());
    run.resetPoints.push_back(std::move(point));
}

void fillResetPoints(const Run& run, ResetPoints* points) {
    *points = run.startedEvent().prev_auto_reset_points();
    for (const ResetPoint& point : run.resetPoints) {
        auto* copy = points->add_points();
        copy->set_binary_checksum(point.checksum);
        copy->set_build_id(point.buildId);
        copy->set_run_id(run.runId);
        copy->set_first_workflow_task_completed_id(point.completedId);
        payload::toProto(point.time, copy->mutable_create_time());
        copy->set_resettable(point.resettable);
    }
    const int tooMany = points->points_size() - kMostPoints;
    if (tooMany > 0) points->mutable_points()->DeleteSubrange(0, tooMany);
}

void handOnResetPoints(const Run& previous, base::Timestamp start, base::Duration retention, ResetPoints* points) {
    fillResetPoints(previous, points);
    auto& all = *points->mutable_points();
    for (int i = all.size() - 1; i >= 0; --i) {
        if (all[i].has_expire_time() && payload::fromProto(all[i].expire_time()) < start) all.DeleteSubrange(i, 1);
    }
    // A run ends when its follower begins, and its history is kept for so long.
    for (auto& point : all) {
        if (point.run_id() == previous.runId) payload::toProto(later(start, retention), point.mutable_expire_time());
    }
}

}  // namespace orrery::server
