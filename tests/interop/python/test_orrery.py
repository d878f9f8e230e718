# SPDX-License-Identifier: MIT
"""The unmodified official Python SDK against `orrery serve`, and its time-skipping environment with our program as its
existing test server. ORRERY_BIN names the program."""
import asyncio
import json
import logging
import os
import subprocess
import unittest
import uuid
from datetime import timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import (Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowQueryFailedError,
                               WorkflowUpdateFailedError)
from temporalio.common import (RetryPolicy, SearchAttributeKey, SearchAttributePair, TypedSearchAttributes,
                               WorkflowIDConflictPolicy, WorkflowIDReusePolicy)
from temporalio.exceptions import (ApplicationError, CancelledError, TerminatedError, TimeoutError,
                                   WorkflowAlreadyStartedError)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import flows

# Activities and workflows fail on purpose here; what counts is what the client sees.
logging.disable(logging.CRITICAL)

BINARY = os.environ["ORRERY_BIN"]
QUEUE = "interop"


LONGEST_TEST = 60


class AsyncTestCase(unittest.IsolatedAsyncioTestCase):
    """Ends a test that hangs, so that the report names it."""

    def _callTestMethod(self, method):
        async def limited():
            await asyncio.wait_for(method(), LONGEST_TEST)
        super()._callTestMethod(limited)


def new_id(name):
    return f"{name}-{uuid.uuid4()}"


def event_names(history):
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


class ServeTest(AsyncTestCase):
    """One `orrery serve` for all tests; each has its own worker."""

    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([BINARY, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.address = cls.server.stdout.readline().strip().rsplit(" ", 1)[1]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        code = cls.server.wait(timeout=10)
        cls.server.stdout.close()
        assert code == 0, f"serve ended with {code}"

    async def asyncSetUp(self):
        self.client = await Client.connect(self.address)
        self.worker = Worker(self.client, task_queue=QUEUE, workflows=flows.WORKFLOWS, activities=flows.ACTIVITIES,
                             max_heartbeat_throttle_interval=timedelta(milliseconds=100),
                             default_heartbeat_throttle_interval=timedelta(milliseconds=100))
        await self.worker.__aenter__()

    async def asyncTearDown(self):
        await self.worker.__aexit__(None, None, None)

    async def start(self, workflow, *args, **options):
        options.setdefault("id", new_id(workflow.__qualname__.split(".")[0]))
        return await self.client.start_workflow(workflow, args=args, task_queue=QUEUE, **options)

    async def test_activities_retry(self):
        handle = await self.start(flows.Retries.run)
        self.assertEqual(await handle.result(), ["Hello, World", "attempts 3", "Final: no way"])
        started = [event.activity_task_started_event_attributes for event in (await handle.fetch_history()).events
                   if event.HasField("activity_task_started_event_attributes")]
        self.assertEqual([event.attempt for event in started], [1, 3, 1])
        self.assertEqual(started[1].last_failure.message, "attempt 2")

    async def test_many_activities_at_once(self):
        handle = await self.start(flows.Parallel.run, 60)
        self.assertEqual(await handle.result(), 60)
        ids = [event.event_id for event in (await handle.fetch_history()).events]
        self.assertEqual(ids, list(range(1, len(ids) + 1)))

    async def test_timer(self):
        handle = await self.start(flows.Timer.run, 0.3)
        self.assertGreaterEqual(await handle.result(), 0.3)
        self.assertEqual(event_names(await handle.fetch_history()), [
            "WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED",
            "TIMER_STARTED", "TIMER_FIRED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED",
            "WORKFLOW_TASK_COMPLETED", "WORKFLOW_EXECUTION_COMPLETED"])

    async def test_signals_and_queries(self):
        handle = await self.start(flows.Messages.run)
        for text in "abc":
            await handle.signal(flows.Messages.note, text)
        self.assertEqual(await handle.query(flows.Messages.seen), ["a", "b", "c"])
        with self.assertRaises(WorkflowQueryFailedError):
            await handle.query(flows.Messages.broken)
        await handle.signal(flows.Messages.finish)
        self.assertEqual(await handle.result(), ["a", "b", "c", ""])
        self.assertEqual(await handle.query(flows.Messages.seen), ["a", "b", "c"])
        with self.assertRaises(RPCError) as late:
            await handle.signal(flows.Messages.note, "late")
        self.assertEqual(late.exception.status, RPCStatusCode.NOT_FOUND)

    async def test_updates(self):
        handle = await self.start(flows.Messages.run)
        self.assertEqual(await handle.execute_update(flows.Messages.set_address, "Moon"), "")
        self.assertEqual(await handle.execute_update(flows.Messages.set_address, "Mars", id="same"), "Moon")
        self.assertEqual(await handle.execute_update(flows.Messages.set_address, "Mars", id="same"), "Moon")
        before = len((await handle.fetch_history()).events)
        with self.assertRaises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(flows.Messages.set_address, "")
        self.assertEqual(refused.exception.cause.message, "address is empty")
        self.assertEqual(len((await handle.fetch_history()).events), before, "a rejected update leaves no trace")
        with self.assertRaises(WorkflowUpdateFailedError):
            await handle.execute_update("unknown_update")
        await handle.signal(flows.Messages.finish)
        self.assertEqual(await handle.result(), ["Mars"])

    async def test_many_updates_at_once(self):
        handle = await self.start(flows.Messages.run)
        await asyncio.gather(*[handle.execute_update(flows.Messages.set_address, str(i)) for i in range(8)])
        await handle.signal(flows.Messages.finish)
        self.assertEqual(len(await handle.result()), 1)

    async def test_signal_with_start(self):
        workflow_id = new_id("with-start")
        handle = await self.start(flows.Messages.run, id=workflow_id, start_signal="note", start_signal_args=["first"])
        again = await self.start(flows.Messages.run, id=workflow_id, start_signal="note", start_signal_args=["second"])
        self.assertEqual(handle.result_run_id, again.result_run_id)
        await handle.signal(flows.Messages.finish)
        self.assertEqual((await handle.result())[:2], ["first", "second"])

    async def test_cancel(self):
        handle = await self.start(flows.Cancelled.run)
        while not (await handle.describe()).raw_description.pending_activities:
            await asyncio.sleep(0.02)
        await handle.cancel()
        # The activity was told by its heartbeat; it cleaned up, and its result is what the workflow sees.
        outcome = await handle.result()
        self.assertEqual(outcome, "never cancelled")
        names = event_names(await handle.fetch_history())
        self.assertIn("ACTIVITY_TASK_CANCEL_REQUESTED", names)
        timer = await self.start(flows.Timer.run, 3600)
        await asyncio.sleep(0.1)
        await timer.cancel()
        with self.assertRaises(WorkflowFailureError) as failure:
            await timer.result()
        self.assertIsInstance(failure.exception.cause, CancelledError)

    async def test_terminate(self):
        handle = await self.start(flows.Timer.run, 3600)
        await handle.terminate("enough")
        with self.assertRaises(WorkflowFailureError) as failure:
            await handle.result()
        self.assertIsInstance(failure.exception.cause, TerminatedError)
        self.assertEqual((await handle.describe()).status, WorkflowExecutionStatus.TERMINATED)

    async def test_run_timeout(self):
        handle = await self.start(flows.Timer.run, 3600, run_timeout=timedelta(seconds=1))
        with self.assertRaises(WorkflowFailureError) as failure:
            await handle.result()
        self.assertIsInstance(failure.exception.cause, TimeoutError)

    async def test_continue_as_new(self):
        handle = await self.start(flows.Counts.run, 2, 0)
        self.assertEqual(await handle.result(), 3)
        first = self.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
        self.assertEqual((await first.describe()).status, WorkflowExecutionStatus.CONTINUED_AS_NEW)

    async def test_heartbeats(self):
        handle = await self.start(flows.Heartbeats.run)
        self.assertGreaterEqual(await handle.result(), 1)

    async def test_local_activity(self):
        self.assertEqual(await (await self.start(flows.Local.run)).result(), "Hello, local")

    async def test_children_and_external_signals(self):
        workflow_id = new_id("parent")
        other = await self.start(flows.Messages.run, id=f"{workflow_id}-other")
        handle = await self.start(flows.Parent.run, id=workflow_id)
        self.assertEqual(await handle.result(), ["Hello, child", "child fails"])
        self.assertEqual((await other.result())[0], "from parent")
        left = self.client.get_workflow_handle(f"{workflow_id}-left")
        with self.assertRaises(WorkflowFailureError) as failure:
            await left.result()
        self.assertIsInstance(failure.exception.cause, TerminatedError)

    async def test_workflow_retry(self):
        handle = await self.start(flows.FailsThenRetries.run, retry_policy=RetryPolicy(
            initial_interval=timedelta(milliseconds=50), maximum_attempts=5))
        self.assertEqual(await handle.result(), 3)
        once = await self.start(flows.FailsThenRetries.run)
        with self.assertRaises(WorkflowFailureError) as failure:
            await once.result()
        self.assertIsInstance(failure.exception.cause, ApplicationError)

    async def test_workflow_task_failure_is_retried(self):
        flows.Recovers.broken = True
        handle = await self.start(flows.Recovers.run)
        self.assertEqual(await handle.result(), "recovered")
        self.assertEqual(event_names(await handle.fetch_history()).count("WORKFLOW_TASK_FAILED"), 1)

    async def test_ids(self):
        handle = await self.start(flows.Timer.run, 3600)
        with self.assertRaises(WorkflowAlreadyStartedError) as taken:
            await self.start(flows.Timer.run, 0, id=handle.id)
        self.assertEqual(taken.exception.run_id, handle.result_run_id)
        same = await self.start(flows.Timer.run, 0, id=handle.id,
                                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING)
        self.assertEqual(same.result_run_id, handle.result_run_id)
        new = await self.start(flows.Timer.run, 0, id=handle.id,
                               id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING)
        await new.result()
        with self.assertRaises(WorkflowAlreadyStartedError):
            await self.start(flows.Timer.run, 0, id=handle.id, id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE)

    async def test_list_count_describe(self):
        prefix = new_id("listed")
        for i in range(3):
            await (await self.start(flows.Timer.run, 0, id=f"{prefix}-{i}", memo={"number": i})).result()
        await self.start(flows.Timer.run, 3600, id=f"{prefix}-open", static_summary="waits")
        query = f"WorkflowType = 'Timer' AND WorkflowId STARTS_WITH '{prefix}'"
        listed = [run async for run in self.client.list_workflows(query, page_size=2)]
        self.assertEqual(len(listed), 4)
        self.assertEqual(listed[0].status, WorkflowExecutionStatus.RUNNING)
        self.assertEqual(await listed[1].memo(), {"number": 2})
        self.assertEqual((await self.client.count_workflows(f"{query} AND ExecutionStatus = 'Completed'")).count, 3)
        groups = (await self.client.count_workflows(f"{query} GROUP BY ExecutionStatus")).groups
        self.assertEqual({group.group_values[0]: group.count for group in groups}, {"Completed": 3, "Running": 1})
        with self.assertRaises(RPCError) as bad:
            await self.client.count_workflows("Shoe = 3")
        self.assertEqual(bad.exception.status, RPCStatusCode.INVALID_ARGUMENT)
        description = await self.client.get_workflow_handle(f"{prefix}-open").describe()
        self.assertEqual(await description.static_summary(), "waits")

    async def test_worker_restart(self):
        handle = await self.start(flows.Messages.run)
        await handle.signal(flows.Messages.note, "before")
        self.assertEqual(await handle.query(flows.Messages.seen), ["before"])
        await self.worker.__aexit__(None, None, None)
        await handle.signal(flows.Messages.note, "between")
        await self.asyncSetUp()
        self.assertEqual(await handle.query(flows.Messages.seen), ["before", "between"])
        await handle.signal(flows.Messages.finish)
        self.assertEqual((await handle.result())[:2], ["before", "between"])

    async def test_unknown_things(self):
        with self.assertRaises(RPCError) as missing:
            await self.client.get_workflow_handle("nobody").describe()
        self.assertEqual(missing.exception.status, RPCStatusCode.NOT_FOUND)
        other = await Client.connect(self.address, namespace="nowhere")
        with self.assertRaises(RPCError) as nowhere:
            await other.start_workflow(flows.Timer.run, 0, id="x", task_queue=QUEUE)
        self.assertEqual(nowhere.exception.status, RPCStatusCode.NOT_FOUND)
        self.assertTrue(await self.client.service_client.check_health())


class TimeSkippingTest(AsyncTestCase):
    """Python's own test environment with `orrery` in the place of its test server."""

    async def asyncSetUp(self):
        self.env = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=BINARY)
        self.worker = Worker(self.env.client, task_queue=QUEUE, workflows=flows.WORKFLOWS, activities=flows.ACTIVITIES)
        await self.worker.__aenter__()

    async def asyncTearDown(self):
        await self.worker.__aexit__(None, None, None)
        await self.env.shutdown()

    async def test_days_pass(self):
        before = await self.env.get_current_time()
        result = await self.env.client.execute_workflow(
            flows.Days.run, flows.Order(30, "SE"), id="days", task_queue=QUEUE)
        self.assertEqual(result, "gave up on SE after 4 attempts")
        passed = await self.env.get_current_time() - before
        self.assertGreaterEqual(passed, timedelta(days=30, hours=7))
        self.assertLess(passed, timedelta(days=30, hours=8))

    async def test_sleep_and_signal(self):
        handle = await self.env.client.start_workflow(
            flows.Days.run, flows.Order(30, "SE"), id="signalled", task_queue=QUEUE)
        before = await self.env.get_current_time()
        await self.env.sleep(timedelta(days=3))
        self.assertGreaterEqual(await self.env.get_current_time() - before, timedelta(days=3))
        await handle.signal(flows.Days.approve)
        self.assertEqual(await handle.result(), "approved 30")
        self.assertLess(await self.env.get_current_time() - before, timedelta(days=4))

    async def test_weeks_of_timers(self):
        handles = [await self.env.client.start_workflow(flows.Timer.run, 86400.0 * day, id=f"day-{day}",
                                                        task_queue=QUEUE) for day in range(1, 53, 3)]
        for handle in handles:
            await handle.result()
        # Never early; and late only by the wall time that the workers took meanwhile.
        self.assertAlmostEqual(await handles[-1].result(), 86400.0 * 52 + 30, delta=30)

    async def test_run_timeout_is_reached(self):
        with self.assertRaises(WorkflowFailureError) as failure:
            await self.env.client.execute_workflow(flows.Messages.run, id="waits", task_queue=QUEUE,
                                                   run_timeout=timedelta(days=2))
        self.assertIsInstance(failure.exception.cause, TimeoutError)

    async def test_skipping_can_be_off(self):
        with self.env.auto_time_skipping_disabled():
            before = await self.env.get_current_time()
            await self.env.client.execute_workflow(flows.Timer.run, 0.5, id="real", task_queue=QUEUE)
            self.assertLess(await self.env.get_current_time() - before, timedelta(seconds=30))


class DevServerTest(AsyncTestCase):
    """Python's own environment with `orrery` in the place of Temporal's command line."""

    async def test_everything_that_the_environment_can_ask_for(self):
        customer = SearchAttributeKey.for_keyword("InteropCustomer")
        async with await WorkflowEnvironment.start_local(
                namespace="interop-dev", ip="127.0.0.1", dev_server_existing_path=BINARY,
                dev_server_log_level="error", dev_server_log_format="pretty", search_attributes=[customer],
                dev_server_extra_args=["--namespace", "second", "--dynamic-config-value",
                                       "limit.historyCount.suggestContinueAsNew=10"]) as env:
            self.assertFalse(env.supports_time_skipping)
            self.assertEqual(env.client.namespace, "interop-dev")
            async with Worker(env.client, task_queue=QUEUE, workflows=flows.WORKFLOWS, activities=flows.ACTIVITIES):
                handle = await env.client.start_workflow(
                    flows.Timer.run, 0, id="dev", task_queue=QUEUE,
                    search_attributes=TypedSearchAttributes([SearchAttributePair(customer, "Ada")]))
                await handle.result()
                found = [run.id async for run in env.client.list_workflows("InteropCustomer = 'Ada'")]
                self.assertEqual(found, ["dev"])
            second = await Client.connect(env.client.service_client.config.target_host, namespace="second")
            self.assertEqual((await second.count_workflows("")).count, 0)

    async def test_sleeps_in_real_time(self):
        async with await WorkflowEnvironment.start_local(dev_server_existing_path=BINARY) as env:
            before = await env.get_current_time()
            await env.sleep(0.2)
            self.assertLess(await env.get_current_time() - before, timedelta(seconds=30))


class PausedClockTest(AsyncTestCase):
    """A clock that stands for longer than an activity's time-outs expires it neither in the server nor in the SDK."""

    async def asyncSetUp(self):
        self.server = subprocess.Popen([BINARY, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.address = self.server.stdout.readline().strip().rsplit(" ", 1)[1]
        self.client = await Client.connect(self.address)
        self.workflows = Worker(self.client, task_queue=QUEUE, workflows=flows.WORKFLOWS)
        await self.workflows.__aenter__()

    async def asyncTearDown(self):
        await self.workflows.__aexit__(None, None, None)
        self.server.terminate()
        self.server.wait(timeout=10)
        self.server.stdout.close()

    def clock(self, *words):
        """Sets the clock; gives its status."""
        told = subprocess.run([BINARY, "clock", "--address", self.address, "--json", *words], check=True,
                              capture_output=True, text=True)
        return json.loads(told.stdout)

    def activity_worker(self):
        return Worker(self.client, task_queue=f"{QUEUE}-activities", activities=flows.ACTIVITIES,
                      max_heartbeat_throttle_interval=timedelta(milliseconds=100),
                      default_heartbeat_throttle_interval=timedelta(milliseconds=100))

    async def pending(self, handle, attempt):
        """Waits until the activity has come to this attempt."""
        while True:
            pending = (await handle.describe()).raw_description.pending_activities
            if pending and pending[0].attempt == attempt:
                return pending[0]
            await asyncio.sleep(0.02)

    async def test_activity_waits_longer_than_its_timeouts(self):
        self.assertEqual(self.clock("pause")["mode"], "paused")
        handle = await self.client.start_workflow(flows.Hurried.run, args=[0.5, 1.0], id="waits", task_queue=QUEUE)
        await self.pending(handle, 1)
        await asyncio.sleep(5.5)  # of wall time, which is the point
        self.assertLess(self.clock()["aheadSeconds"], -5)
        async with self.activity_worker():
            # Both attempts run while the clock stands; a step takes it to the retry, which is due in virtual time.
            await self.pending(handle, 2)
            self.clock("step")
            self.assertEqual((await handle.result())[1], 2)
        self.assertNotIn("ACTIVITY_TASK_TIMED_OUT", event_names(await handle.fetch_history()))

    async def test_activity_works_longer_than_its_timeouts(self):
        self.clock("pause")
        async with self.activity_worker():
            # Without a heartbeat time-out the SDK gives up an attempt five seconds after its start-to-close time-out, by its
            # own clock.
            handle = await self.client.start_workflow(flows.Hurried.run, args=[8.5, 0.0], id="works", task_queue=QUEUE)
            failed = await self.pending(handle, 2)
        self.assertEqual(failed.last_failure.message, "once more")
        await handle.terminate()

    async def test_times_after_a_pause_fit_the_workers_clock(self):
        handle = await self.client.start_workflow(flows.Hurried.run, args=[0.1, 0.0, 3600.0], id="lags", task_queue=QUEUE)
        await self.pending(handle, 1)
        self.clock("pause")
        await asyncio.sleep(3)
        self.clock("resume")
        lag = -self.clock()["aheadSeconds"]
        async with self.activity_worker():
            told, _ = await handle.result()
        scheduled = [event.event_time.ToNanoseconds() / 1e9 for event in (await handle.fetch_history()).events
                     if event.HasField("activity_task_scheduled_event_attributes")]
        self.assertGreaterEqual(lag, 3)
        self.assertAlmostEqual(told - scheduled[0], lag, delta=0.005)

    async def test_steps_and_skips(self):
        self.clock("pause")
        handle = await self.client.start_workflow(flows.Timer.run, 86400.0, id="day", task_queue=QUEUE)
        while self.clock()["dueCount"] != 1 or self.clock()["holderCount"] != 0:
            await asyncio.sleep(0.02)
        self.clock("step")
        self.assertEqual(await handle.result(), 86400.0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
