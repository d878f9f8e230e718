// SPDX-License-Identifier: MIT
// Our worker, written in C++, steered by the unmodified official TypeScript client: values, failures, messages and metadata
// have to be what the SDK expects.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { after, before } = require('node:test');
const { ActivityFailure, ApplicationFailure, CancelledFailure } = require('@temporalio/common');
const { WorkflowUpdateFailedError } = require('@temporalio/client');
const { defineUpdate } = require('@temporalio/workflow');
const { BINARY, attributesOf, bare, causeOf, eventually, newId, shared } = require('./support');

const setAddress = defineUpdate('set_address');
const HOME = { street: 'Hauptstr. 5', city: 'Köln' };
const order = (changes) => ({
  id: '4711', customer: 'Ada', items: ['lens', 'chart'], total: 41.5, failingCharges: 1, address: HOME, ...changes,
});

/** `orrery worker` on a task queue of its own. */
async function startWorker(taskQueue) {
  const child = spawn(BINARY, ['worker', '--address', shared.address, '--task-queue', taskQueue],
                      { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdout.resume();
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

let worker;
const taskQueue = newId('samples');
before(async () => void (worker = await startWorker(taskQueue)));
after(async () => await worker?.kill());

async function startOrder(bench, changes = {}, queue = taskQueue) {
  return await bench.start('order_approval', [order(changes)], { taskQueue: queue, workflowExecutionTimeout: '5 minutes' });
}

/** Activity type to the attempt that ended it, as the history says. */
async function attemptsOf(handle) {
  const { events } = await handle.fetchHistory();
  const scheduled = (id) => events[Number(id) - 1].activityTaskScheduledEventAttributes.activityType.name;
  return Object.fromEntries(attributesOf(events, 'ACTIVITY_TASK_STARTED').map((each) => [scheduled(each.scheduledEventId), each.attempt]));
}

bare('C++ worker: an order from start to end', async (bench) => {
  const handle = await startOrder(bench);
  const paris = { street: 'Rue 1', city: 'Paris' };
  assert.deepEqual(await handle.executeUpdate(setAddress, { args: [paris] }), HOME);
  await handle.signal('approve', { approved: true, approver: 'Grace' });
  assert.deepEqual(await handle.result(), {
    orderId: '4711', outcome: 'completed', approver: 'Grace', payment: '41.50 charged to Ada', address: paris });
  assert.equal(await handle.query('status'), 'completed');
  assert.deepEqual(await attemptsOf(handle), { reserve_stock: 1, charge_card: 2, send_receipt: 1 });
});

bare('C++ worker: refusals carry their reason', async (bench) => {
  const handle = await startOrder(bench);
  const refused = await handle.executeUpdate(setAddress, { args: [{ street: '', city: '' }] }).catch((error) => error);
  assert.ok(refused instanceof WorkflowUpdateFailedError && refused.cause instanceof ApplicationFailure);
  assert.equal(refused.cause.type, 'InvalidAddress');
  await assert.rejects(handle.executeUpdate(defineUpdate('nobody')), (error) => /known updates: \[set_address\]/.test(error.cause.message));
  await assert.rejects(handle.query('nobody'), /known queries: \[status\]/);
  await handle.cancel();
  assert.ok(await causeOf(handle.result()) instanceof CancelledFailure);
});

bare('C++ worker: failures keep their chain', async (bench) => {
  const failure = await causeOf((await startOrder(bench, { items: [] })).result());
  assert.ok(failure instanceof ActivityFailure);
  assert.equal(failure.activityType, 'reserve_stock');
  assert.deepEqual([failure.cause.type, failure.cause.nonRetryable], ['EmptyOrder', true]);
});

bare('C++ worker: metadata', async (bench) => {
  const handle = await startOrder(bench);
  // Not decoded: a protobuf's JSON is nothing that the TypeScript client's standard converter reads.
  const { queryResult } = await bench.client.workflowService.queryWorkflow({
    namespace: 'default', execution: { workflowId: handle.workflowId }, query: { queryType: '__temporal_workflow_metadata' } });
  const { definition } = JSON.parse(Buffer.from(queryResult.payloads[0].data).toString());
  assert.equal(definition.type, 'order_approval');
  assert.deepEqual(definition.signalDefinitions.map((each) => each.name), ['approve']);
  assert.deepEqual(definition.updateDefinitions.map((each) => each.name), ['set_address']);
  assert.match(await handle.query('__stack_trace'), /order_approval\.cpp/);
  await handle.terminate();
});

bare('C++ worker: a killed one is replaced', async (bench) => {
  const first = await startWorker(bench.taskQueue);
  const handle = await startOrder(bench, { pace: 2 }, bench.taskQueue);
  await handle.signal('approve', { approved: true, approver: 'Grace' });
  await eventually(async () => (await handle.describe()).raw.pendingActivities.length > 0, 'an activity is pending');
  await first.kill();
  const second = await startWorker(bench.taskQueue);
  assert.equal((await handle.result()).outcome, 'completed');
  const attempts = await attemptsOf(handle);
  assert.deepEqual([attempts.charge_card, attempts.send_receipt], [2, 1]);
  await second.kill();
});
