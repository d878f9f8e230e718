# SPDX-License-Identifier: MIT
"""Workflows and activities of the interop tests: one for each thing a server has to get right."""
import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

SOON = timedelta(seconds=20)
QUICK_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=20), backoff_coefficient=1.0)


@activity.defn
async def greet(name: str) -> str:
    return f"Hello, {name}"


@activity.defn
async def fail_until(attempt: int) -> int:
    if activity.info().attempt < attempt:
        raise ApplicationError(f"attempt {activity.info().attempt}", type="NotYet")
    return activity.info().attempt


@activity.defn
async def fail_for_good() -> None:
    raise ApplicationError("no way", type="Final", non_retryable=True)


@activity.defn
async def beat_and_stop(total: int) -> int:
    """Heartbeats its progress, falls silent once in the middle, and goes on from where it was."""
    details = activity.info().heartbeat_details
    begin = details[0] if details else 0
    for step in range(begin + 1, total + 1):
        activity.heartbeat(step)
        if step == total // 2 and activity.info().attempt == 1:
            await asyncio.sleep(60)
        await asyncio.sleep(0.05)
    return begin


@activity.defn
async def beat_until_cancelled() -> str:
    try:
        while True:
            activity.heartbeat()
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return "cleaned up"


@activity.defn
async def scheduled_at(work_for: float) -> tuple[float, int]:
    """When it was scheduled, as far as it is told, and the attempt. Works for a while, which is cancelled when the SDK thinks
    that the attempt is over; the first attempt then fails."""
    info = activity.info()
    for _ in range(round(work_for * 10)):
        activity.heartbeat()
        await asyncio.sleep(0.1)
    if info.attempt == 1:
        raise ApplicationError("once more")
    return info.scheduled_time.timestamp(), info.attempt


@workflow.defn
class Retries:
    @workflow.run
    async def run(self) -> list[str]:
        told = [await workflow.execute_activity(greet, "World", start_to_close_timeout=SOON)]
        attempts = await workflow.execute_activity(
            fail_until, 3, start_to_close_timeout=SOON, retry_policy=QUICK_RETRY)
        told.append(f"attempts {attempts}")
        try:
            await workflow.execute_activity(fail_for_good, start_to_close_timeout=SOON)
        except ActivityError as error:
            told.append(f"{error.cause.type}: {error.cause.message}")
        return told


@workflow.defn
class Parallel:
    @workflow.run
    async def run(self, count: int) -> int:
        names = await asyncio.gather(*[
            workflow.execute_activity(greet, str(i), start_to_close_timeout=SOON) for i in range(count)])
        return len(set(names))


@workflow.defn
class Timer:
    @workflow.run
    async def run(self, seconds: float) -> float:
        before = workflow.now()
        await asyncio.sleep(seconds)
        return (workflow.now() - before).total_seconds()


@workflow.defn
class Messages:
    def __init__(self) -> None:
        self._seen: list[str] = []
        self._done = False
        self._address = ""

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: self._done)
        return self._seen + [self._address]

    @workflow.signal
    async def note(self, text: str) -> None:
        self._seen.append(text)

    @workflow.signal
    async def finish(self) -> None:
        self._done = True

    @workflow.query
    def seen(self) -> list[str]:
        return self._seen

    @workflow.query
    def broken(self) -> str:
        raise ApplicationError("this query fails")

    @workflow.update
    async def set_address(self, address: str) -> str:
        before, self._address = self._address, address
        await asyncio.sleep(0.05)
        return before

    @set_address.validator
    def check_address(self, address: str) -> None:
        if not address:
            raise ApplicationError("address is empty")


@workflow.defn
class Cancelled:
    @workflow.run
    async def run(self) -> str:
        task = workflow.start_activity(
            beat_until_cancelled, start_to_close_timeout=timedelta(minutes=5), heartbeat_timeout=timedelta(seconds=5),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        try:
            await task
        except asyncio.CancelledError:
            await workflow.execute_activity(greet, "cleanup", start_to_close_timeout=SOON)
            raise
        return "never cancelled"


@workflow.defn
class Counts:
    @workflow.run
    async def run(self, left: int, total: int) -> int:
        if left == 0:
            return total
        workflow.continue_as_new(args=[left - 1, total + left])


@workflow.defn
class Heartbeats:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity(
            beat_and_stop, 6, start_to_close_timeout=timedelta(minutes=1), heartbeat_timeout=timedelta(seconds=1),
            retry_policy=QUICK_RETRY)


@workflow.defn
class Local:
    @workflow.run
    async def run(self) -> str:
        return await workflow.execute_local_activity(greet, "local", start_to_close_timeout=SOON)


@workflow.defn
class Child:
    @workflow.run
    async def run(self, text: str) -> str:
        if text == "fail":
            raise ApplicationError("child fails", non_retryable=True)
        if text == "wait":
            await asyncio.sleep(3600)
        return await workflow.execute_activity(greet, text, start_to_close_timeout=SOON)


@workflow.defn
class Parent:
    @workflow.run
    async def run(self) -> list[str]:
        told = [await workflow.execute_child_workflow(Child.run, "child")]
        try:
            await workflow.execute_child_workflow(Child.run, "fail")
        except ChildWorkflowError as error:
            told.append(error.cause.message)
        other = workflow.get_external_workflow_handle_for(Messages.run, f"{workflow.info().workflow_id}-other")
        await other.signal(Messages.note, "from parent")
        await other.signal(Messages.finish)
        await workflow.start_child_workflow(Child.run, "wait", id=f"{workflow.info().workflow_id}-left")
        return told


@workflow.defn
class FailsThenRetries:
    @workflow.run
    async def run(self) -> int:
        if workflow.info().attempt < 3:
            raise ApplicationError("try again")
        return workflow.info().attempt


@workflow.defn(sandboxed=False)
class Recovers:
    """Its first workflow task fails with a bug; the next attempt goes through. No sandbox, which would load this file anew
    for every attempt."""
    broken = True

    @workflow.run
    async def run(self) -> str:
        if Recovers.broken:
            Recovers.broken = False
            raise RuntimeError("a bug")
        return "recovered"


@dataclass
class Order:
    amount: int
    country: str


@workflow.defn
class Days:
    """Waits for a signal or thirty days."""
    def __init__(self) -> None:
        self._approved = False

    @workflow.run
    async def run(self, order: Order) -> str:
        try:
            await workflow.wait_condition(lambda: self._approved, timeout=timedelta(days=30))
            return f"approved {order.amount}"
        except asyncio.TimeoutError:
            attempts = await workflow.execute_activity(
                fail_until, 4, start_to_close_timeout=SOON,
                retry_policy=RetryPolicy(initial_interval=timedelta(hours=1), backoff_coefficient=2.0))
            return f"gave up on {order.country} after {attempts} attempts"

    @workflow.signal
    async def approve(self) -> None:
        self._approved = True


@workflow.defn
class Hurried:
    """An activity with little time, on a queue of its own."""
    @workflow.run
    async def run(self, work_for: float, heartbeat_timeout: float, limit: float = 3) -> tuple[float, int]:
        return await workflow.execute_activity(
            scheduled_at, work_for, task_queue=f"{workflow.info().task_queue}-activities",
            schedule_to_close_timeout=timedelta(seconds=limit), start_to_close_timeout=timedelta(seconds=limit),
            heartbeat_timeout=timedelta(seconds=heartbeat_timeout), retry_policy=QUICK_RETRY)


WORKFLOWS = [Retries, Parallel, Timer, Messages, Cancelled, Counts, Heartbeats, Local, Child, Parent, FailsThenRetries,
             Recovers, Days, Hurried]
ACTIVITIES = [greet, fail_until, fail_for_good, beat_and_stop, beat_until_cancelled, scheduled_at]
