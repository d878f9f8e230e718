// SPDX-License-Identifier: MIT
#include "core/server/state/problems.h"

namespace orrery::server {
namespace {

constexpr const char* kProblems = "TemporalReportedProblems";

}  // namespace

void reportProblem(World& world, Run& run, const std::string& category, const std::string& cause) {
    if (run.stickyQueue.empty()) ++run.taskProblems;
    const int enough = world.limits().problemsToReport;
    if (enough == 0 || run.taskProblems < enough) return;
    common::Payload value;
    (*value.mutable_metadata())["encoding"] = "json/plain";
    (*value.mutable_metadata())["type"] = "KeywordList";
    value.set_data("[\"category=" + category + "\",\"cause=" + cause + "\"]");
    (*run.searchAttributes.edit().mutable_indexed_fields())[kProblems] = value;
    world.touch(run);
}

void clearProblems(Run& run) {
    run.taskProblems = 0;
    if (run.searchAttributes->indexed_fields().count(kProblems) == 0) return;
    run.searchAttributes.edit().mutable_indexed_fields()->erase(kProblems);
}

}  // namespace orrery::server
