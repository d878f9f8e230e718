# SPDX-License-Identifier: MIT
"""Workflows and activities of the Python interop tests. Plain SDK code: nothing here knows of Orrery."""
import asyncio
import collections
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError


@dataclass
class Order:
    id: str
    total: float
    failures: int = 0


@dataclass
class Progress:
    stage: str
    address: str
    approvals: int


# How often each activity was really run, by the key that the test hands in.
RUNS: collections.Counter = collections.Counter()


@activity.defn
async def charge(order: Order) -> str:
    RUNS[f"charge {order.id}"] += 1
    if activity.info().attempt <= order.failures:
        raise ApplicationError(f"declined, attempt {activity.info().attempt}", type="Declined")
    return f"charged {order.total:.2f}"


@activity.defn
async def refuse(order: Order) -> str:
    RUNS[f"refuse {order.id}"] += 1
    raise ApplicationError("card stolen", {"order": order.id}, type="Stolen", non_retryable=True)


@activity.defn
async def count_up(goal: int) -> list[int]:
    """Fails once in the middle; the second attempt goes on from the last heartbeat."""
    seen = activity.info().heartbeat_details
    begin = seen[0] if seen else 0
    for number in range(begin, goal):
        if number == 3 and activity.info().attempt == 1:
            raise ApplicationError("fell over at 3")
        activity.heartbeat(number + 1)
        await asyncio.sleep(0.05)
    return [begin, activity.info().attempt]


@activity.defn
async def wait_for_cancel(key: str) -> str:
    try:
        while True:
            activity.heartbeat("waiting")
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        RUNS[f"cancelled {key}"] += 1
        raise


@activity.defn
async def stall(_: str) -> None:
    RUNS["stall"] += 1
    await asyncio.sleep(30)


def options(**more):
    policy = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=5)
    return {"start_to_close_timeout": timedelta(seconds=20), "retry_policy": policy, **more}


@workflow.defn
class OrderFlow:
    """Retry, signal or a day's timer, query, update with a validator."""

    def __init__(self) -> None:
        self.stage = "new"
        self.address = "none"
        self.approvals: list[str] = []

    @workflow.run
    async def run(self, order: Order) -> str:
        self.stage = "charging"
        receipt = await workflow.execute_activity(charge, order, **options())
        self.stage = "waiting"
        try:
            await workflow.wait_condition(lambda: bool(self.approvals), timeout=timedelta(days=1))
        except asyncio.TimeoutError:
            self.stage = "expired"
            return f"{receipt}, nobody approved"
        self.stage = "done"
        return f"{receipt}, approved by {self.approvals[0]}, to {self.address}"

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approvals.append(who)

    @workflow.query
    def progress(self) -> Progress:
        return Progress(self.stage, self.address, len(self.approvals))

    @workflow.update
    async def set_address(self, address: str) -> str:
        before, self.address = self.address, address
        await workflow.sleep(0.01)
        return before

    @set_address.validator
    def check_address(self, address: str) -> None:
        if not address:
            raise ApplicationError("an address is needed", type="NoAddress")


@workflow.defn
class Refused:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(refuse, order, **options())


@workflow.defn
class Counting:
    @workflow.run
    async def run(self, goal: int) -> list[int]:
        return await workflow.execute_activity(count_up, goal, **options(heartbeat_timeout=timedelta(seconds=5)))


@workflow.defn
class Cancellable:
    @workflow.run
    async def run(self, key: str) -> str:
        return await workflow.execute_activity(
            wait_for_cancel, key, **options(heartbeat_timeout=timedelta(seconds=2)),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)


@workflow.defn
class Stalled:
    @workflow.run
    async def run(self) -> str:
        await workflow.execute_activity(
            stall, "x", start_to_close_timeout=timedelta(seconds=1), retry_policy=RetryPolicy(maximum_attempts=2))
        return "never"


@workflow.defn
class Countdown:
    @workflow.run
    async def run(self, left: int, total: int) -> int:
        if left == 0:
            return total
        await workflow.sleep(0.01)
        workflow.continue_as_new(args=[left - 1, total + left])


@workflow.defn
class Days:
    @workflow.run
    async def run(self, days: int) -> float:
        begun = workflow.now()
        for _ in range(days):
            await workflow.sleep(timedelta(days=1))
        return (workflow.now() - begun).total_seconds()


@workflow.defn
class TwoTimers:
    """The shorter timer wins and the longer one is cancelled."""

    @workflow.run
    async def run(self) -> str:
        slow = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(0.2)
        slow.cancel()
        return "short"


@workflow.defn
class Waiting:
    """Ends by signal only; what the client does to running workflows is tried on it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: "end" in self.seen)
        return self.seen

    @workflow.signal
    def note(self, text: str) -> None:
        self.seen.append(text)

    @workflow.query
    def notes(self) -> list[str]:
        return self.seen

    @workflow.query
    def broken(self) -> str:
        raise ApplicationError("no answer today")


WORKFLOWS = [OrderFlow, Refused, Counting, Cancellable, Stalled, Countdown, Days, TwoTimers, Waiting]
ACTIVITIES = [charge, refuse, count_up, wait_for_cancel, stall]
