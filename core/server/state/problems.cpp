// SPDX-License-Identifier: MIT
#include "core/server/state/problems.h"

namespace orrery::server {
namespace {

constexpr int kProblemsToReport = 5;
constexpr const char* kProblems = "TemporalReportedProblems";

}  // namespace

void reportProblem(World& world, Run& run, const std::string& category, const std::string& cause) {
    if (run.task->attempt < kProblemsToReport) return;
    common::Payload value;
    (*value.mutable_metadata())["encoding"] = "json/plain";
    (*value.mutable_metadata())["type"] = "KeywordList";
    value.set_data("[\"category=" + category + "\",\"cause=" + cause + "\"]");
    (*run.searchAttributes.edit().mutable_indexed_fields())[kProblems] = value;
    world.touch(run);
}

void clearProblems(Run& run) {
    if (run.searchAttributes->indexed_fields().count(kProblems) == 0) return;
    run.searchAttributes.edit().mutable_indexed_fields()->erase(kProblems);
}

}  // namespace orrery::server
