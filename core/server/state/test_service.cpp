// SPDX-License-Identifier: MIT
// Temporal's TestService: a lock counter and sleeps. The counter is external; what else holds the clock is derived.
#include "core/server/state/test_service.h"

#include <google/protobuf/empty.pb.h>
#include <temporal/api/testservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/later.h"
#include "core/server/state/methods.h"

namespace orrery::server {

namespace api = temporal::api::testservice::v1;
using namespace std::chrono_literals;

namespace {

void checkOn(const World& world) {
    if (!world.options.testService) {
        throw unimplemented("The test service is off. Start the server as 'orrery PORT [--enable-time-skipping]'.");
    }
}

/// Also takes away the hold of a task or an activity, which its own end gives back: SDKs unlock inside an activity to
/// let time pass, and tests that leave a wait behind unlock once more than they lock.
void unlock(World& world) {
    if (!world.held()) throw invalidArgument("Time skipping is not locked; there is nothing to unlock.");
    --world.clientLocks;
    world.locksChanged();
}

void lock(World& world) {
    ++world.clientLocks;
    world.locksChanged();
}

std::unique_ptr<api::LockTimeSkippingResponse> lockTimeSkipping(World& world, const api::LockTimeSkippingRequest&) {
    checkOn(world);
    lock(world);
    return std::make_unique<api::LockTimeSkippingResponse>();
}

std::unique_ptr<api::UnlockTimeSkippingResponse> unlockTimeSkipping(World& world,
                                                                    const api::UnlockTimeSkippingRequest&) {
    checkOn(world);
    unlock(world);
    return std::make_unique<api::UnlockTimeSkippingResponse>();
}

/// Answers when virtual time comes to `until`. A sleeper that unlocked takes its lock back then, even if its caller is
/// gone.
void sleepUntil(World& world, base::Timestamp until, bool relock, const CallPtr& call) {
    Waits::Wait wait;
    wait.call = call;
    auto number = world.newStamp();
    const uint64_t waitId = world.waits.add(std::move(wait));
    const DueKey due = world.due.add(until, {DueWhat::Sleep, nullptr, int64_t(number)});
    world.sleepers[number] = {waitId, relock, due};
}

void sleep(World& world, const api::SleepRequest& request, const CallPtr& call) {
    checkOn(world);
    sleepUntil(world, later(world.now, payload::fromProto(request.duration())), false, call);
}

void sleepUntilTime(World& world, const api::SleepUntilRequest& request, const CallPtr& call) {
    checkOn(world);
    sleepUntil(world, payload::fromProto(request.timestamp()), false, call);
}

void unlockWithSleep(World& world, const api::SleepRequest& request, const CallPtr& call) {
    checkOn(world);
    unlock(world);
    sleepUntil(world, later(world.now, payload::fromProto(request.duration())), true, call);
}

std::unique_ptr<api::GetCurrentTimeResponse> currentTime(World& world, const google::protobuf::Empty&) {
    checkOn(world);
    auto response = std::make_unique<api::GetCurrentTimeResponse>();
    payload::toProto(world.now, response->mutable_time());
    return response;
}

}  // namespace

void wakeSleeper(World& world, uint64_t number) {
    const auto found = world.sleepers.find(number);
    if (found == world.sleepers.end()) return;
    const World::Sleeper sleeper = found->second;
    world.sleepers.erase(found);
    if (sleeper.relock) lock(world);
    world.answer(world.waits.take(sleeper.waitId), std::make_unique<api::SleepResponse>());
}

void addTestMethods(Methods& methods) {
    methods.add("LockTimeSkipping", lockTimeSkipping);
    methods.add("UnlockTimeSkipping", unlockTimeSkipping);
    methods.addAsync<api::SleepRequest>("Sleep", sleep);
    methods.addAsync<api::SleepUntilRequest>("SleepUntil", sleepUntilTime);
    methods.addAsync<api::SleepRequest>("UnlockTimeSkippingWithSleep", unlockWithSleep);
    methods.add("GetCurrentTime", currentTime);
}

}  // namespace orrery::server
