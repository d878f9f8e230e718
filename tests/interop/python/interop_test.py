# SPDX-License-Identifier: MIT
"""The unmodified official Python worker and client against a server.

ORRERY names the program; with ADDRESS=host:port the same tests run against a server that is already there, which is how
they are themselves checked against the real one (the time-skipping tests are then left out).
"""
import asyncio
import logging
import os
import re
import subprocess
import time
import unittest
import uuid
from datetime import timedelta

from flows import (ACTIVITIES, RUNS, WORKFLOWS, Cancellable, Countdown, Counting, Days, Order, OrderFlow, Refused,
                   Stalled, TwoTimers, Waiting)
from temporalio.api.enums.v1 import EventType
from temporalio.client import (Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowQueryFailedError,
                               WorkflowUpdateFailedError, WorkflowUpdateStage)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import (ActivityError, ApplicationError, CancelledError, TerminatedError, TimeoutError as
                                   TemporalTimeout, WorkflowAlreadyStartedError)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

# Activities fail on purpose here; what the worker says of that is noise.
logging.getLogger("temporalio").setLevel(logging.CRITICAL)

ORRERY = os.environ.get("ORRERY", "")
ADDRESS = os.environ.get("ADDRESS", "")


class Server:
    """`orrery serve` on a free port, for all tests of the run."""

    def __init__(self):
        self.process = subprocess.Popen([ORRERY, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r"\b127\.0\.0\.1:(\d+)", line)
            if found:
                self.address = found.group(0)
                return
        raise RuntimeError("the server printed no address")

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=10)


SERVER = None


def setUpModule():
    global SERVER
    if not ADDRESS:
        SERVER = Server()


def tearDownModule():
    if SERVER and SERVER.stop() != 0:
        raise RuntimeError("SIGTERM did not end the server cleanly")


async def eventually(probe, what):
    """Waits until the awaitable probe gives something true; fails after 10 s."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        value = await probe()
        if value:
            return value
        await asyncio.sleep(0.02)
    raise AssertionError(f"never happened: {what}")


async def event_types(handle):
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") async for event in handle.fetch_history_events()]


class OnServer(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)
        self.client = await Client.connect(ADDRESS or SERVER.address)
        self.queue = f"interop-{uuid.uuid4()}"
        self.worker = Worker(self.client, task_queue=self.queue, workflows=WORKFLOWS, activities=ACTIVITIES)
        self.running = asyncio.create_task(self.worker.run())

    async def asyncTearDown(self):
        await self.worker.shutdown()
        await self.running

    async def start(self, flow, *args, **more):
        return await self.client.start_workflow(flow, args=list(args), id=more.pop("id", f"wf-{uuid.uuid4()}"),
                                                task_queue=self.queue, **more)

    async def test_activity_retries_then_signal(self):
        order = Order(id=str(uuid.uuid4()), total=41.5, failures=2)
        handle = await self.start(OrderFlow.run, order)

        async def waiting():
            return (await handle.query(OrderFlow.progress)).stage == "waiting"

        await eventually(waiting, "the order waits for approval")
        await handle.signal(OrderFlow.approve, "Ada")
        self.assertEqual(await handle.result(), "charged 41.50, approved by Ada, to none")
        self.assertEqual(RUNS[f"charge {order.id}"], 3)
        events = [event async for event in handle.fetch_history_events()]
        started = [e for e in events if e.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED]
        self.assertEqual([e.activity_task_started_event_attributes.attempt for e in started], [3])
        self.assertIn("declined, attempt 2", started[0].activity_task_started_event_attributes.last_failure.message)
        self.assertEqual([e.event_id for e in events], list(range(1, len(events) + 1)))
        self.assertEqual((await handle.query(OrderFlow.progress)).stage, "done", "a closed run answers queries")

    async def test_updates(self):
        handle = await self.start(OrderFlow.run, Order(id="u", total=1))
        self.assertEqual(await handle.execute_update(OrderFlow.set_address, "Main Street"), "none")
        with self.assertRaises(WorkflowUpdateFailedError) as caught:
            await handle.execute_update(OrderFlow.set_address, "")
        self.assertEqual(caught.exception.cause.type, "NoAddress")
        started = await handle.start_update(OrderFlow.set_address, "Side Street", id="twice",
                                            wait_for_stage=WorkflowUpdateStage.ACCEPTED)
        self.assertEqual(await started.result(), "Main Street")
        again = await handle.execute_update(OrderFlow.set_address, "Side Street", id="twice")
        self.assertEqual(again, "Main Street", "the same id gives the same outcome")
        await handle.signal(OrderFlow.approve, "Bob")
        self.assertTrue((await handle.result()).endswith("to Side Street"))
        types = await event_types(handle)
        self.assertEqual(types.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED"), 2, "a rejected update leaves no event")
        self.assertEqual(types.count("WORKFLOW_EXECUTION_UPDATE_COMPLETED"), 2)

    async def test_many_updates_at_once(self):
        handle = await self.start(OrderFlow.run, Order(id="many", total=1))
        answers = await asyncio.gather(*[handle.execute_update(OrderFlow.set_address, f"street {n}") for n in range(8)])
        self.assertEqual(len(set(answers)), 8)
        await handle.signal(OrderFlow.approve, "Bob")
        await handle.result()

    async def test_failure_crosses_back(self):
        handle = await self.start(Refused.run, Order(id=str(uuid.uuid4()), total=1))
        with self.assertRaises(WorkflowFailureError) as caught:
            await handle.result()
        cause = caught.exception.cause
        self.assertIsInstance(cause, ActivityError)
        self.assertIsInstance(cause.cause, ApplicationError)
        self.assertEqual((cause.cause.type, cause.cause.message, cause.cause.non_retryable), ("Stolen", "card stolen", True))
        self.assertEqual(cause.activity_type, "refuse")
        self.assertEqual((await handle.describe()).status, WorkflowExecutionStatus.FAILED)

    async def test_heartbeat_details_reach_the_next_attempt(self):
        self.assertEqual(await (await self.start(Counting.run, 6)).result(), [3, 2])

    async def test_start_to_close_timeout(self):
        RUNS.pop("stall", None)
        with self.assertRaises(WorkflowFailureError) as caught:
            await (await self.start(Stalled.run)).result()
        self.assertIsInstance(caught.exception.cause.cause, TemporalTimeout)
        self.assertEqual(RUNS["stall"], 2)

    async def test_cancel_reaches_the_activity(self):
        handle = await self.start(Cancellable.run, "c")

        async def running():
            pending = (await handle.describe()).raw_description.pending_activities
            return bool(pending) and pending[0].HasField("last_heartbeat_time")

        await eventually(running, "the activity has sent a heartbeat")
        await handle.cancel()
        with self.assertRaises(WorkflowFailureError) as caught:
            await handle.result()
        self.assertIsInstance(caught.exception.cause, CancelledError)
        self.assertEqual(RUNS["cancelled c"], 1)
        types = await event_types(handle)
        for name in ("WORKFLOW_EXECUTION_CANCEL_REQUESTED", "ACTIVITY_TASK_CANCEL_REQUESTED", "ACTIVITY_TASK_CANCELED",
                     "WORKFLOW_EXECUTION_CANCELED"):
            self.assertIn(name, types)

    async def test_continue_as_new(self):
        handle = await self.start(Countdown.run, 3, 0)
        self.assertEqual(await handle.result(), 6)
        first = self.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
        self.assertEqual((await event_types(first))[-1], "WORKFLOW_EXECUTION_CONTINUED_AS_NEW")

    async def test_timer_is_cancelled(self):
        handle = await self.start(TwoTimers.run)
        self.assertEqual(await handle.result(), "short")
        types = await event_types(handle)
        self.assertEqual((types.count("TIMER_STARTED"), types.count("TIMER_FIRED")), (2, 1))

    async def test_signals_keep_their_order(self):
        handle = await self.start(Waiting.run, start_signal="note", start_signal_args=["first"])
        for number in range(20):
            await handle.signal(Waiting.note, str(number))
        await handle.signal(Waiting.note, "end")
        self.assertEqual(await handle.result(), ["first", *map(str, range(20)), "end"])

    async def test_queries(self):
        handle = await self.start(Waiting.run)
        self.assertEqual(await handle.query(Waiting.notes), [])
        with self.assertRaises(WorkflowQueryFailedError):
            await handle.query(Waiting.broken)
        with self.assertRaises(WorkflowQueryFailedError) as caught:
            await handle.query("missing")
        self.assertIn("notes", str(caught.exception), "the known queries are named")
        await handle.terminate()

    async def test_query_after_the_worker_was_replaced(self):
        handle = await self.start(Waiting.run)
        await handle.signal(Waiting.note, "kept")
        self.assertEqual(await handle.query(Waiting.notes), ["kept"])
        await self.worker.shutdown()
        await self.running
        self.worker = Worker(self.client, task_queue=self.queue, workflows=WORKFLOWS, activities=ACTIVITIES)
        self.running = asyncio.create_task(self.worker.run())
        self.assertEqual(await handle.query(Waiting.notes), ["kept"], "the new worker replays")
        await handle.signal(Waiting.note, "end")
        self.assertEqual(await handle.result(), ["kept", "end"])

    async def test_terminate(self):
        handle = await self.start(Waiting.run)
        await handle.terminate("enough", reason="test")
        with self.assertRaises(WorkflowFailureError) as caught:
            await handle.result()
        self.assertIsInstance(caught.exception.cause, TerminatedError)
        with self.assertRaises(RPCError) as late:
            await handle.signal(Waiting.note, "late")
        self.assertEqual(late.exception.status, RPCStatusCode.NOT_FOUND)

    async def test_id_policies(self):
        name = f"one-{uuid.uuid4()}"
        handle = await self.start(Waiting.run, id=name)
        with self.assertRaises(WorkflowAlreadyStartedError) as caught:
            await self.start(Waiting.run, id=name)
        self.assertEqual(caught.exception.run_id, handle.result_run_id)
        same = await self.start(Waiting.run, id=name, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING)
        self.assertEqual(same.result_run_id, handle.result_run_id)
        fresh = await self.start(Waiting.run, id=name, id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING)
        self.assertNotEqual(fresh.result_run_id, handle.result_run_id)
        await fresh.signal(Waiting.note, "end")
        await fresh.result()
        with self.assertRaises(WorkflowAlreadyStartedError):
            await self.start(Waiting.run, id=name, id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE)
        with self.assertRaises(WorkflowAlreadyStartedError):
            await self.start(Waiting.run, id=name, id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY)

    async def test_run_timeout(self):
        handle = await self.start(Waiting.run, run_timeout=timedelta(seconds=1))
        with self.assertRaises(WorkflowFailureError) as caught:
            await handle.result()
        self.assertIsInstance(caught.exception.cause, TemporalTimeout)

    async def test_describe_list_count(self):
        name = f"listed-{uuid.uuid4()}"
        handle = await self.start(Waiting.run, id=name, memo={"colour": "blue"}, static_summary="a summary")
        seen = await handle.describe()
        self.assertEqual((seen.workflow_type, seen.task_queue, seen.status, await seen.memo_value("colour")),
                         ("Waiting", self.queue, WorkflowExecutionStatus.RUNNING, "blue"))
        self.assertEqual(await seen.static_summary(), "a summary")

        async def listed(query):
            return [run.id async for run in self.client.list_workflows(query)]

        async def running():
            return await listed(f"WorkflowId = '{name}' AND ExecutionStatus = 'Running'") == [name]

        await eventually(running, "the run is listed as running")
        await handle.terminate()

        async def counted():
            return (await self.client.count_workflows(f"WorkflowType = 'Waiting' AND WorkflowId = '{name}'")).count == 1

        await eventually(counted, "the run is counted")

        async def closed():
            return await listed(f"WorkflowId = '{name}' AND ExecutionStatus = 'Terminated'") == [name]

        await eventually(closed, "the run is listed as terminated")
        with self.assertRaises(RPCError) as caught:
            await listed("this is no query")
        self.assertEqual(caught.exception.status, RPCStatusCode.INVALID_ARGUMENT)

    async def test_unknown_things(self):
        with self.assertRaises(RPCError) as caught:
            await self.client.get_workflow_handle("nobody").describe()
        self.assertEqual(caught.exception.status, RPCStatusCode.NOT_FOUND)
        other = await Client.connect(ADDRESS or SERVER.address, namespace="nowhere")
        with self.assertRaises(RPCError) as caught:
            await other.start_workflow(Waiting.run, id="x", task_queue="x")
        self.assertEqual(caught.exception.status, RPCStatusCode.NOT_FOUND)

    async def test_start_delay(self):
        handle = await self.start(Waiting.run, start_delay=timedelta(seconds=1))
        await handle.signal(Waiting.note, "end")
        self.assertEqual(await handle.result(), ["end"])


@unittest.skipIf(ADDRESS, "the real server does not skip time")
class SkippingTime(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)
        self.env = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=ORRERY)
        self.queue = f"skip-{uuid.uuid4()}"
        self.worker = Worker(self.env.client, task_queue=self.queue, workflows=WORKFLOWS, activities=ACTIVITIES)
        self.running = asyncio.create_task(self.worker.run())

    async def asyncTearDown(self):
        await self.worker.shutdown()
        await self.running
        await self.env.shutdown()

    async def test_a_year_of_days(self):
        begun = time.monotonic()
        seconds = await self.env.client.execute_workflow(Days.run, 365, id="year", task_queue=self.queue)
        self.assertGreaterEqual(seconds, 365 * 86400)
        self.assertLess(seconds, 366 * 86400)
        print(f"\n365 daily timers through the Python worker: {time.monotonic() - begun:.2f} s")

    async def test_nobody_approves(self):
        result = await self.env.client.execute_workflow(OrderFlow.run, Order(id="late", total=2, failures=1), id="late",
                                                        task_queue=self.queue)
        self.assertEqual(result, "charged 2.00, nobody approved")

    async def test_sleep_moves_the_clock(self):
        before = await self.env.get_current_time()
        handle = await self.env.client.start_workflow(OrderFlow.run, Order(id="s", total=2), id="s", task_queue=self.queue)
        await self.env.sleep(timedelta(hours=12))
        self.assertGreaterEqual((await self.env.get_current_time()) - before, timedelta(hours=12))
        self.assertEqual((await handle.query(OrderFlow.progress)).stage, "waiting")
        await handle.signal(OrderFlow.approve, "Eve")
        self.assertTrue((await handle.result()).endswith("approved by Eve, to none"))

    async def test_clock_stands_while_locked(self):
        handle = await self.env.client.start_workflow(Days.run, 1, id="locked", task_queue=self.queue)
        await asyncio.sleep(0.5)
        self.assertEqual((await handle.describe()).status, WorkflowExecutionStatus.RUNNING)
        self.assertGreaterEqual(await handle.result(), 86400)

    async def test_run_timeout_is_jumped_to(self):
        handle = await self.env.client.start_workflow(Waiting.run, id="timeout", task_queue=self.queue,
                                                      run_timeout=timedelta(days=30))
        with self.assertRaises(WorkflowFailureError) as caught:
            await handle.result()
        self.assertIsInstance(caught.exception.cause, TemporalTimeout)

    async def test_continue_as_new(self):
        self.assertEqual(await self.env.client.execute_workflow(Countdown.run, args=[3, 0], id="can",
                                                                task_queue=self.queue), 6)


if __name__ == "__main__":
    unittest.main(verbosity=2)
