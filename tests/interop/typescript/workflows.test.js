// SPDX-License-Identifier: MIT
'use strict';
const assert = require('node:assert/strict');
const {
  ApplicationFailure, CancelledFailure, SearchAttributeType, TerminatedFailure, TimeoutFailure, WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError, defineSearchAttributeKey,
} = require('@temporalio/common');
const { Client, Connection, ServiceError } = require('@temporalio/client');
const { attributesOf, bare, causeOf, eventually, eventsOf, namesOf, newId, scenario, shared } = require('./support');
const w = require('./names');

scenario('arguments and results of every JSON kind', async (bench) => {
  const values = [null, true, 1.5, 'Grüße', [1, [2]], { a: { b: [] } }];
  const handle = await bench.start(w.echo, values);
  assert.deepEqual(await handle.result(), values);
  assert.deepEqual(await namesOf(handle), [
    'WORKFLOW_EXECUTION_STARTED', 'WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED',
    'WORKFLOW_EXECUTION_COMPLETED']);
  assert.equal(await bench.run(w.nothing), undefined);
});

scenario('a workflow failure keeps type and details', async (bench) => {
  const handle = await bench.start(w.fails, ['bad luck']);
  const cause = await causeOf(handle.result());
  assert.ok(cause instanceof ApplicationFailure);
  assert.deepEqual([cause.type, cause.message, cause.nonRetryable, cause.details], ['Broken', 'bad luck', true, [{ why: 'bad luck' }, 42]]);
  await namesOf(handle);
});

scenario('a workflow knows who it is', async (bench) => {
  const handle = await bench.start(w.identity);
  const told = await handle.result();
  assert.deepEqual({ ...told, drawn: typeof told.drawn }, {
    workflowId: handle.workflowId, runId: handle.firstExecutionRunId, first: handle.firstExecutionRunId, taskQueue: bench.taskQueue,
    attempt: 1, historyLength: 3, parent: null, drawn: 'string',
  });
  await namesOf(handle);
});

scenario('children: results, failures, taken ids, cancellation from outside', async (bench) => {
  const handle = await bench.start(w.parent);
  assert.deepEqual(await handle.result(), [
    'Hello, child', 'child: child fails', 'WorkflowExecutionAlreadyStartedError', 'ChildWorkflowFailure by CancelledFailure']);
  const names = await namesOf(handle);
  for (const name of ['CHILD_WORKFLOW_EXECUTION_COMPLETED', 'CHILD_WORKFLOW_EXECUTION_FAILED', 'CHILD_WORKFLOW_EXECUTION_CANCELED',
                      'START_CHILD_WORKFLOW_EXECUTION_FAILED']) assert.ok(names.includes(name), name);
});

scenario('a cancelled scope cancels its child', async (bench) => {
  const handle = await bench.start(w.cancelsChild);
  assert.equal(await handle.result(), 'ChildWorkflowFailure: CancelledFailure');
  const child = bench.handle(`${handle.workflowId}-child`);
  assert.equal((await child.describe()).status.name, 'CANCELLED');
  assert.equal((await child.describe()).parentExecution.workflowId, handle.workflowId);
  await namesOf(handle);
  await namesOf(child);
});

scenario('parent close policies', async (bench) => {
  const handle = await bench.start(w.leaves);
  await handle.result();
  const left = (policy) => bench.handle(`${handle.workflowId}-${policy}`);
  assert.ok(await causeOf(left('TERMINATE').result()) instanceof TerminatedFailure);
  assert.ok(await causeOf(left('REQUEST_CANCEL').result()) instanceof CancelledFailure);
  assert.equal((await left('ABANDON').describe()).status.name, 'RUNNING');
  await left('ABANDON').terminate();
  await namesOf(handle);
});

scenario('continue-as-new', async (bench) => {
  const handle = await bench.start(w.counts, [3, 0], { memo: { colour: 'blue' } });
  assert.equal(await handle.result(), 6);
  const first = bench.handle(handle.workflowId, handle.firstExecutionRunId);
  assert.equal((await first.describe()).status.name, 'CONTINUED_AS_NEW');
  const names = await namesOf(first);
  assert.equal(names.at(-1), 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
  const last = await bench.handle(handle.workflowId).describe();
  assert.deepEqual(last.memo, { colour: 'blue' });
  const [started] = attributesOf(await eventsOf(bench.handle(handle.workflowId)), 'WORKFLOW_EXECUTION_STARTED');
  assert.equal(started.firstExecutionRunId, handle.firstExecutionRunId);
});

scenario('timers, cancelled timers, scopes with a limit, conditions', async (bench) => {
  const handle = await bench.start(w.timers);
  assert.deepEqual(await handle.result(), ['first', 'second', 'CancelledFailure', 'short', 'timed scope', 'condition false']);
  const names = await namesOf(handle);
  assert.equal(names.filter((name) => name === 'TIMER_CANCELED').length, 2);
});

scenario('a timer takes its time', async (bench) => {
  const handle = await bench.start(w.timer, [300]);
  assert.ok(await handle.result() >= 300);
  assert.deepEqual((await namesOf(handle)).slice(4), [
    'TIMER_STARTED', 'TIMER_FIRED', 'WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED',
    'WORKFLOW_EXECUTION_COMPLETED']);
});

scenario('a cancelled workflow cleans up', async (bench) => {
  const handle = await bench.start(w.cancelled);
  await handle.cancel();
  assert.ok(await causeOf(handle.result()) instanceof CancelledFailure);
  const names = await namesOf(handle);
  assert.ok(names.includes('ACTIVITY_TASK_COMPLETED'));
  assert.equal(names.at(-1), 'WORKFLOW_EXECUTION_CANCELED');
});

scenario('patches leave markers', async (bench) => {
  const handle = await bench.start(w.patches);
  assert.deepEqual(await handle.result(), ['Hello, patched', 'still', 'late']);
  const markers = attributesOf(await eventsOf(handle), 'MARKER_RECORDED');
  assert.deepEqual(markers.map((marker) => marker.markerName), ['core_patch', 'core_patch', 'core_patch']);
});

scenario('search attributes and memo: set, upserted, searched', async (bench) => {
  const { operatorService } = bench.client.connection;
  await operatorService.addSearchAttributes({
    namespace: 'default', searchAttributes: { InteropColour: 2, InteropNumber: 3 }, // Keyword, Int
  }).catch((error) => {
    if (!/already exist/.test(error.message)) throw error;
  });
  const place = newId('place');
  // A real server's workers and frontends learn of a new attribute a little later.
  const handle = await eventually(() => bench.start(w.attributes, [], {
    memo: { note: 'first', gone: 1, kept: [1] },
    typedSearchAttributes: [{ key: defineSearchAttributeKey('InteropColour', SearchAttributeType.KEYWORD), value: 'red' }],
    workflowId: place,
  }).catch(() => null), 'the attributes are known');
  const told = await handle.result();
  assert.deepEqual(told.searchAttributes, { InteropColour: ['blue'], InteropNumber: [7] });
  assert.deepEqual(told.memo, { note: 'upserted', kept: [1] });
  const seen = await handle.describe();
  assert.deepEqual(seen.memo, { note: 'upserted', kept: [1] });
  assert.equal(seen.typedSearchAttributes.get(defineSearchAttributeKey('InteropNumber', SearchAttributeType.INT)), 7);
  const query = `InteropColour = 'blue' AND InteropNumber > 6 AND WorkflowId = '${place}'`;
  await eventually(async () => (await bench.client.workflow.count(query)).count === 1, 'the run is found by its attributes');
  assert.equal((await bench.client.workflow.count(`InteropColour = 'red' AND WorkflowId = '${place}'`)).count, 0);
  await namesOf(handle);
});

scenario('list, count, describe', async (bench) => {
  const prefix = newId('listed');
  const { workflow } = bench.client;
  for (let i = 0; i < 3; ++i) await bench.run(w.echo, [i], { workflowId: `${prefix}-${i}`, memo: { number: i } });
  await bench.start(w.messages, [], { workflowId: `${prefix}-open`, staticSummary: 'waits', staticDetails: 'for a message' });
  const query = `WorkflowId STARTS_WITH '${prefix}'`;
  await eventually(async () => (await workflow.count(query)).count === 4, 'all are counted');
  await eventually(async () => (await workflow.count(`${query} AND ExecutionStatus = 'Completed'`)).count === 3, 'the closed are closed');
  const listed = [];
  for await (const run of workflow.list({ query, pageSize: 2 })) listed.push(run);
  assert.deepEqual(listed.map((run) => run.type).sort(), ['echo', 'echo', 'echo', 'messages']);
  assert.deepEqual(listed.map((run) => run.memo?.number).filter((number) => number !== undefined).sort(), [0, 1, 2]);
  const { groups } = await workflow.count(`${query} GROUP BY ExecutionStatus`);
  assert.deepEqual(Object.fromEntries(groups.map((group) => [group.groupValues[0], group.count])), { Completed: 3, Running: 1 });
  await assert.rejects(workflow.count('Shoe = 3'), (error) => error instanceof ServiceError && error.cause.code === 3);
  const open = bench.handle(`${prefix}-open`);
  const seen = await open.describe();
  assert.deepEqual([seen.status.name, seen.type, seen.taskQueue, await seen.staticSummary(), await seen.staticDetails()],
                   ['RUNNING', 'messages', bench.taskQueue, 'waits', 'for a message']);
  await open.terminate();
});

scenario('ids: conflict and reuse policies', async (bench) => {
  const workflowId = newId('one');
  const handle = await bench.start(w.messages, [], { workflowId });
  await assert.rejects(bench.start(w.messages, [], { workflowId }), WorkflowExecutionAlreadyStartedError);
  const same = await bench.start(w.messages, [], { workflowId, workflowIdConflictPolicy: 'USE_EXISTING' });
  assert.equal(same.firstExecutionRunId, handle.firstExecutionRunId);
  const fresh = await bench.start(w.messages, [], { workflowId, workflowIdConflictPolicy: 'TERMINATE_EXISTING' });
  assert.notEqual(fresh.firstExecutionRunId, handle.firstExecutionRunId);
  await fresh.signal(w.finish);
  await fresh.result();
  for (const workflowIdReusePolicy of ['REJECT_DUPLICATE', 'ALLOW_DUPLICATE_FAILED_ONLY']) {
    await assert.rejects(bench.start(w.messages, [], { workflowId, workflowIdReusePolicy }), WorkflowExecutionAlreadyStartedError);
  }
  const again = await bench.start(w.nothing, [], { workflowId, workflowIdReusePolicy: 'ALLOW_DUPLICATE' });
  await again.result();
});

scenario('a workflow is retried', async (bench) => {
  const retry = { initialInterval: '30ms', maximumAttempts: 5 };
  const handle = await bench.start(w.failsThenRetries, [], { retry });
  assert.equal(await handle.result(), 3);
  assert.ok(await causeOf(bench.run(w.failsThenRetries)) instanceof ApplicationFailure);
  await namesOf(bench.handle(handle.workflowId));
});

scenario('run and execution time-outs', async (bench) => {
  const handles = [await bench.start(w.messages, [], { workflowRunTimeout: '1s' }),
                   await bench.start(w.messages, [], { workflowExecutionTimeout: '1s' })];
  for (const handle of handles) {
    assert.ok(await causeOf(handle.result()) instanceof TimeoutFailure);
    assert.equal((await namesOf(handle)).at(-1), 'WORKFLOW_EXECUTION_TIMED_OUT');
  }
});

scenario('a start delay', async (bench) => {
  const begun = Date.now();
  const handle = await bench.start(w.nothing, [], { startDelay: '1s' });
  await handle.result();
  assert.ok(Date.now() - begun >= 1000);
});

bare('things that are not there', async (bench) => {
  await assert.rejects(bench.handle('nobody-there').describe(), WorkflowNotFoundError);
  await assert.rejects(bench.handle('nobody-there').terminate(), WorkflowNotFoundError);
  await assert.rejects(bench.handle('nobody-there').result(), WorkflowNotFoundError);
  const connection = await Connection.connect({ address: shared.address });
  const other = new Client({ connection, namespace: 'nowhere' });
  await assert.rejects(other.workflow.start(w.echo, { taskQueue: 'x', workflowId: 'x' }),
                       (error) => error.name === 'NamespaceNotFoundError' || error.cause?.code === 5);
  await connection.close();
});

bare('an eager start goes to the worker in the same process', async (bench) => {
  const worker = await bench.worker();
  const client = new Client({ connection: shared.native });
  // The worker has to have registered a free slot; until then the start is an ordinary one.
  const handle = await eventually(async () => {
    const started = await client.workflow.start(w.echo, {
      args: ['eager'], taskQueue: bench.taskQueue, workflowId: newId('eager'), requestEagerStart: true });
    assert.deepEqual(await started.result(), ['eager']);
    return started.eagerlyStarted ? started : null;
  }, 'a start was eager');
  const [started] = attributesOf(await eventsOf(handle), 'WORKFLOW_EXECUTION_STARTED');
  assert.ok(started);
  await worker.stop();
});
