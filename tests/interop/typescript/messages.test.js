// SPDX-License-Identifier: MIT
'use strict';
const assert = require('node:assert/strict');
const { ApplicationFailure, WorkflowNotFoundError } = require('@temporalio/common');
const { defineUpdate } = require('@temporalio/workflow');
const {
  QueryNotRegisteredError, QueryRejectedError, WithStartWorkflowOperation, WorkflowUpdateFailedError, WorkflowUpdateStage,
} = require('@temporalio/client');
const { attributesOf, bare, eventsOf, namesOf, newId, scenario } = require('./support');
const w = require('./names');

scenario('signals keep their order, before and after the first task', async (bench) => {
  const handle = await bench.start(w.messages);
  for (let i = 0; i < 20; ++i) await handle.signal(w.note, String(i));
  await handle.signal('undeclared', 'extra');
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), [...Array.from({ length: 20 }, (_, i) => String(i)), 'undeclared: extra', '']);
  await assert.rejects(handle.signal(w.note, 'late'), WorkflowNotFoundError);
  await namesOf(handle);
});

scenario('signal-with-start starts once', async (bench) => {
  const workflowId = newId('with-start');
  const options = { taskQueue: bench.taskQueue, workflowId, signal: w.note };
  const first = await bench.client.workflow.signalWithStart(w.messages, { ...options, signalArgs: ['first'] });
  const second = await bench.client.workflow.signalWithStart(w.messages, { ...options, signalArgs: ['second'] });
  assert.equal(first.signaledRunId, second.signaledRunId);
  await first.signal(w.finish);
  assert.deepEqual(await first.result(), ['first', 'second', '']);
});

scenario('signals that arrive with a task at work are not lost', async (bench) => {
  const handle = await bench.start(w.drains);
  await Promise.all(Array.from({ length: 20 }, (_, i) => handle.signal(w.note, String(i))));
  assert.equal(await handle.result(), 20);
  assert.equal((await namesOf(handle)).filter((name) => name === 'WORKFLOW_EXECUTION_SIGNALED').length, 20);
});

scenario('queries: answers, failures, unknown names, closed runs, reject conditions', async (bench) => {
  const handle = await bench.start(w.messages, [['given']]);
  assert.deepEqual(await handle.query(w.notes), ['given']);
  await assert.rejects(handle.query(w.broken), /this query fails/);
  await assert.rejects(handle.query('missing'), (error) => error instanceof QueryNotRegisteredError && /notes/.test(error.message));
  const before = (await namesOf(handle)).length;
  await handle.query(w.notes);
  assert.equal((await namesOf(handle)).length, before, 'a query leaves no trace');
  await handle.signal(w.finish);
  await handle.result();
  assert.deepEqual(await handle.query(w.notes), ['given'], 'a closed run answers');
  const picky = bench.client.workflow.constructor;
  const rejecting = new picky({ connection: bench.client.connection, queryRejectCondition: 'NOT_OPEN' });
  await assert.rejects(rejecting.getHandle(handle.workflowId).query(w.notes), QueryRejectedError);
  await assert.rejects(bench.handle('nobody-there').query(w.notes), WorkflowNotFoundError);
});

scenario('the stack trace and the metadata of a run', async (bench) => {
  const handle = await bench.start(w.messages);
  assert.match(await handle.query('__stack_trace'), /messages/);
  const metadata = await handle.query('__temporal_workflow_metadata');
  assert.equal(metadata.definition.type, 'messages');
  assert.deepEqual(metadata.definition.updateDefinitions.map((each) => each.name), ['setAddress']);
  await handle.terminate();
});

scenario('updates: results, refusals, failures, stages, one outcome for an id', async (bench) => {
  const handle = await bench.start(w.messages);
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Moon'] }), '');
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Mars'], updateId: 'same' }), 'Moon');
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Mars'], updateId: 'same' }), 'Moon');
  const before = (await namesOf(handle)).length;
  const refused = await handle.executeUpdate(w.setAddress, { args: [''] }).catch((error) => error);
  assert.ok(refused instanceof WorkflowUpdateFailedError);
  assert.ok(refused.cause instanceof ApplicationFailure);
  assert.deepEqual([refused.cause.type, refused.cause.message], ['NoAddress', 'address is empty']);
  assert.equal((await namesOf(handle)).length, before, 'a rejected update leaves no trace');
  const failed = await handle.executeUpdate(w.setAddress, { args: ['nowhere'] }).catch((error) => error);
  assert.equal(failed.cause.type, 'NoPlace');
  await assert.rejects(handle.executeUpdate(defineUpdate('missing'), { args: [] }), WorkflowUpdateFailedError);
  const accepted = await handle.startUpdate(w.setAddress, { args: ['Venus'], waitForStage: WorkflowUpdateStage.ACCEPTED });
  assert.equal(await accepted.result(), 'nowhere');
  assert.equal(await handle.getUpdateHandle('same').result(), 'Moon');
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['Venus']);
  const events = await eventsOf(handle);
  assert.equal(attributesOf(events, 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED').length, 4);
  assert.equal(attributesOf(events, 'WORKFLOW_EXECUTION_UPDATE_COMPLETED').length, 4);
  assert.equal(await handle.getUpdateHandle('same').result(), 'Moon', 'outcomes outlive the run');
  await assert.rejects(handle.executeUpdate(w.setAddress, { args: ['late'] }), WorkflowNotFoundError);
});

scenario('eight updates at once', async (bench) => {
  const handle = await bench.start(w.messages);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => handle.executeUpdate(w.setAddress, { args: [`street ${i}`] })));
  assert.equal(new Set(answers).size, 8);
  await handle.signal(w.finish);
  await handle.result();
  await namesOf(handle);
});

scenario('update-with-start starts once and reaches a running workflow', async (bench) => {
  const { workflow } = bench.client;
  const workflowId = newId('update-with-start');
  const operation = () => new WithStartWorkflowOperation(w.messages, {
    workflowId, taskQueue: bench.taskQueue, args: [['given']], workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const first = operation();
  assert.equal(await workflow.executeUpdateWithStart(w.setAddress, { args: ['Moon'], startWorkflowOperation: first }), '');
  const handle = await first.workflowHandle();
  const second = operation();
  const update = await workflow.startUpdateWithStart(
    w.setAddress, { args: ['Mars'], waitForStage: 'ACCEPTED', startWorkflowOperation: second });
  assert.equal(await update.result(), 'Moon');
  assert.equal((await second.workflowHandle()).firstExecutionRunId, handle.firstExecutionRunId);
  const refused = workflow.executeUpdateWithStart(w.setAddress, { args: [''], startWorkflowOperation: operation() });
  await assert.rejects(refused, (error) => error.cause?.type === 'NoAddress');
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['given', 'Mars']);
  await namesOf(handle);
});

scenario('update-with-start fails as a whole when the id is taken', async (bench) => {
  const handle = await bench.start(w.messages);
  const operation = new WithStartWorkflowOperation(w.messages, {
    workflowId: handle.workflowId, taskQueue: bench.taskQueue, workflowIdConflictPolicy: 'FAIL',
  });
  await assert.rejects(
    bench.client.workflow.executeUpdateWithStart(w.setAddress, { args: ['Moon'], startWorkflowOperation: operation }),
    (error) => error.name === 'WorkflowExecutionAlreadyStartedError');
  await assert.rejects(operation.workflowHandle());
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['']);
});

scenario('signals and cancellation of other workflows', async (bench) => {
  const other = await bench.start(w.messages);
  const told = await bench.run(w.externals, [other.workflowId]);
  assert.equal(told[0], 'sent');
  assert.equal(told.length, 3, 'both calls to nobody fail');
  await assert.rejects(other.result());
  const names = await namesOf(other);
  assert.ok(names.includes('WORKFLOW_EXECUTION_SIGNALED') && names.includes('WORKFLOW_EXECUTION_CANCEL_REQUESTED'));
});

bare('a message waits for the first worker', async (bench) => {
  const handle = await bench.start(w.messages);
  await handle.signal(w.note, 'early');
  const update = handle.executeUpdate(w.setAddress, { args: ['Moon'] });
  const query = handle.query(w.notes);
  const worker = await bench.worker();
  assert.equal(await update, '');
  assert.deepEqual(await query, ['early']);
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['early', 'Moon']);
  await worker.stop();
});
