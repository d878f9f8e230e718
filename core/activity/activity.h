// SPDX-License-Identifier: MIT
// What activity code may call. All of it belongs to the attempt that runs on the calling thread; elsewhere these
// functions throw base::Error(FailedPrecondition). A thread that the activity starts itself takes what it needs
// (stopToken()) along.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "core/activity/logger.h"
#include "core/definition/activity_invoker.h"
#include "core/payload/converter.h"
#include "core/payload/failure.h"

namespace orrery::activity {

using base::Duration;
using definition::ActivityCancelReason;
using definition::ActivityInfo;
using payload::ApplicationFailure;
using payload::CancelledFailure;
using payload::Failure;
using payload::Payload;
using payload::Payloads;

/// Ids, type, attempt, times and time-outs of this attempt.
const ActivityInfo& info();

namespace detail {
const payload::DataConverter& converter();
void heartbeat(Payloads details);
const Payload* heartbeatDetail(size_t index);
}  // namespace detail

/// Tells the server that the attempt is alive and how far it is; the details are handed to the next attempt when this
/// one is lost. Cheap: sending is throttled. Throws CancelledFailure once cancellation was asked for.
template <class... T>
void heartbeat(const T&... details) {
    detail::heartbeat(detail::converter().toPayloads(details...));
}

/// The detail of this index in the last heartbeat of the attempt before; empty when there is none.
template <class T>
std::optional<T> heartbeatDetails(size_t index = 0) {
    const Payload* detail = detail::heartbeatDetail(index);
    if (!detail) return std::nullopt;
    return detail::converter().fromPayload<T>(*detail);
}

/// Why this attempt should stop, once it should. Known only to activities that heartbeat, except for worker shutdown.
std::optional<ActivityCancelReason> cancelReason();
bool isCancelRequested();
/// Throws CancelledFailure, naming the reason, when the attempt should stop.
void checkCancelled();
/// For waiting that has to end on cancellation; may be used from any thread.
std::stop_token stopToken();
/// Waits on the machine's clock; throws CancelledFailure as soon as the attempt should stop.
void sleep(Duration duration);

/// The same in every attempt of one activity: for writes that must happen once, however often they are tried.
std::string idempotencyKey();

/// Leaves the function without a result: somebody will complete the activity by its token (info().taskToken) or its id.
[[noreturn]] void completeLater();

/// Thrown by completeLater(); not a failure.
struct CompletesLater {};

}  // namespace orrery::activity
