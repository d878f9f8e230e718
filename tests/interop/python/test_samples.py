# SPDX-License-Identifier: MIT
"""Our worker, written in C++, steered by the unmodified official Python client: values, failures, messages and metadata
have to be what the SDK expects. ORRERY_BIN names the program."""
import os
import signal
import subprocess
import unittest
import uuid
from datetime import timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowFailureError, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

from test_orrery import AsyncTestCase

BINARY = os.environ["ORRERY_BIN"]


def order(**changes):
    return {"id": "4711", "customer": "Ada", "items": ["lens", "chart"], "total": 41.5, "failingCharges": 1,
            "address": {"street": "Hauptstr. 5", "city": "Köln"}, **changes}


class SamplesTest(AsyncTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([BINARY, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.address = cls.server.stdout.readline().strip().rsplit(" ", 1)[1]
        cls.start_worker()

    @classmethod
    def tearDownClass(cls):
        for process in (cls.worker, cls.server):
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()

    @classmethod
    def start_worker(cls):
        cls.worker = subprocess.Popen([BINARY, "worker", "--address", cls.address], stdout=subprocess.PIPE, text=True)
        cls.worker.stdout.readline()

    async def asyncSetUp(self):
        self.client = await Client.connect(self.address)

    async def start(self, **changes):
        return await self.client.start_workflow("order_approval", order(**changes), id=f"order-{uuid.uuid4()}",
                                                task_queue="samples", execution_timeout=timedelta(minutes=5))

    async def attempts(self, handle):
        """Activity type to the attempt that ended it, as the history says."""
        names, attempts = {}, {}
        for event in (await handle.fetch_history()).events:
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                names[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                started = event.activity_task_started_event_attributes
                attempts[names[started.scheduled_event_id]] = started.attempt
        return attempts

    async def test_an_order_from_start_to_end(self):
        handle = await self.start()
        before = await handle.execute_update("set_address", {"street": "Rue 1", "city": "Paris"})
        self.assertEqual(before, {"street": "Hauptstr. 5", "city": "Köln"})
        await handle.signal("approve", {"approved": True, "approver": "Grace"})
        self.assertEqual(await handle.result(), {
            "orderId": "4711", "outcome": "completed", "approver": "Grace", "payment": "41.50 charged to Ada",
            "address": {"street": "Rue 1", "city": "Paris"}})
        self.assertEqual(await handle.query("status"), "completed")
        self.assertEqual(await self.attempts(handle), {"reserve_stock": 1, "charge_card": 2, "send_receipt": 1})

    async def test_refusals_carry_their_reason(self):
        handle = await self.start()
        with self.assertRaises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update("set_address", {"street": "", "city": ""})
        self.assertIsInstance(refused.exception.cause, ApplicationError)
        self.assertEqual(refused.exception.cause.type, "InvalidAddress")
        with self.assertRaises(WorkflowUpdateFailedError) as unknown:
            await handle.execute_update("nobody")
        self.assertIn("known updates: [set_address]", str(unknown.exception.cause))
        with self.assertRaises(WorkflowQueryFailedError) as query:
            await handle.query("nobody")
        self.assertIn("known queries: [status]", str(query.exception))
        await handle.cancel()
        with self.assertRaises(WorkflowFailureError) as cancelled:
            await handle.result()
        self.assertIsInstance(cancelled.exception.cause, CancelledError)

    async def test_failures_keep_their_chain(self):
        handle = await self.start(items=[])
        with self.assertRaises(WorkflowFailureError) as failed:
            await handle.result()
        activity = failed.exception.cause
        self.assertIsInstance(activity, ActivityError)
        self.assertEqual(activity.activity_type, "reserve_stock")
        self.assertEqual((activity.cause.type, activity.cause.non_retryable), ("EmptyOrder", True))

    async def test_metadata(self):
        handle = await self.start()
        metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        self.assertEqual(metadata.definition.type, "order_approval")
        self.assertEqual([each.name for each in metadata.definition.signal_definitions], ["approve"])
        self.assertEqual([each.name for each in metadata.definition.update_definitions], ["set_address"])
        self.assertIn("status", [each.name for each in metadata.definition.query_definitions])
        self.assertIn("order_approval.cpp", await handle.query("__stack_trace"))
        await handle.terminate()

    async def test_a_killed_worker_is_replaced(self):
        handle = await self.start(pace=2)
        await handle.signal("approve", {"approved": True, "approver": "Grace"})
        description = await handle.describe()
        while not description.raw_description.pending_activities:
            description = await handle.describe()
        cls = type(self)
        cls.worker.send_signal(signal.SIGKILL)
        cls.worker.wait()
        cls.worker.stdout.close()
        cls.start_worker()
        self.assertEqual((await handle.result())["outcome"], "completed")
        attempts = await self.attempts(handle)
        self.assertEqual((attempts["charge_card"], attempts["send_receipt"]), (2, 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
