// SPDX-License-Identifier: MIT
'use strict';
const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const { after } = require('node:test');
const { defaultPayloadConverter } = require('@temporalio/common');
const { Client } = require('@temporalio/client');
const { seen } = require('./activities');
const converter = require('./converter');
const {
  Bench, attributesOf, bare, eventually, eventsOf, namesOf, newId, scenario, shared,
} = require('./support');
const w = require('./names');

/** Those that a failed test left behind must not outlive the run. */
const children = new Set();
after(() => children.forEach((child) => child.kill('SIGKILL')));

/** So few slots that one worker cannot take all. */
const FEW = { maxConcurrentActivityTaskExecutions: 2, maxConcurrentWorkflowTaskExecutions: 2 };

/** A worker in a process of its own, to be killed. */
async function workerProcess(taskQueue, identity = 'killed') {
  const options = { taskQueue, identity, ...FEW, stickyQueueScheduleToStartTimeout: '500ms' };
  const child = fork(require.resolve('./worker_process'), [], {
    env: { ...process.env, ADDRESS: shared.address, BUNDLE: shared.bundle.codePath, OPTIONS: JSON.stringify(options) },
  });
  children.add(child);
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the worker ended: ${code}`)));
  });
  return {
    async kill() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      children.delete(child);
    },
  };
}

bare('a killed worker is replaced', async (bench) => {
  const handle = await bench.start(w.messages);
  const first = await workerProcess(bench.taskQueue);
  await handle.signal(w.note, 'before');
  assert.deepEqual(await handle.query(w.notes), ['before']);
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Moon'] }), '');
  await first.kill();
  await handle.signal(w.note, 'between');
  const second = await workerProcess(bench.taskQueue);
  assert.deepEqual(await handle.query(w.notes), ['before', 'between']);
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['before', 'between', 'Moon']);
  await second.kill();
  await namesOf(handle);
});

bare('the activity of a killed worker is tried again', async (bench) => {
  const key = newId('killed');
  const handle = await bench.start(w.cancellable, ['beatUntilCancelled', key, true]);
  const first = await workerProcess(bench.taskQueue);
  const pending = async () => (await handle.describe()).raw.pendingActivities[0];
  await eventually(async () => (await pending())?.lastHeartbeatTime, 'the activity beats');
  await first.kill();
  const worker = await bench.worker();
  await eventually(() => seen.get(`${key} began`), 'the heartbeat time-out gave it to the other worker');
  assert.equal((await pending()).attempt, 2);
  await handle.cancel();
  assert.equal(await handle.result(), 'cleaned up');
  await worker.stop();
  await namesOf(handle);
});

scenario('without a cache every task replays from the start', async (bench) => {
  const handle = await bench.start(w.messages);
  for (let i = 0; i < 5; ++i) await handle.signal(w.note, String(i));
  assert.deepEqual(await handle.query(w.notes), ['0', '1', '2', '3', '4']);
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Moon'] }), '');
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['0', '1', '2', '3', '4', 'Moon']);
  const timers = await bench.start(w.timers);
  assert.equal((await timers.result()).length, 6);
  const queues = attributesOf(await eventsOf(timers), 'WORKFLOW_TASK_SCHEDULED').map((event) => event.taskQueue.kind);
  assert.ok(queues.every((kind) => kind === 1), 'no sticky queue');
}, { worker: { maxCachedWorkflows: 0 } });

bare('a history of 1,500 events is read page by page by a new worker', async (bench) => {
  const first = await bench.worker();
  const handle = await bench.start(w.long, [45]);
  assert.equal(await handle.result(), 450);
  await first.stop();
  const events = await eventsOf(handle);
  assert.ok(events.length > 1400, String(events.length));
  // A query on the closed run makes the worker read all of it.
  const second = await bench.worker();
  assert.equal(typeof await handle.query('__stack_trace'), 'string');
  const { workflowService } = bench.client;
  let pages = 0;
  let ids = [];
  for (let token; pages === 0 || token?.length; ++pages) {
    const page = await workflowService.getWorkflowExecutionHistory({
      namespace: 'default', execution: { workflowId: handle.workflowId }, maximumPageSize: 100, nextPageToken: token });
    ids = ids.concat(page.history.events.map((event) => Number(event.eventId)));
    token = page.nextPageToken;
  }
  assert.deepEqual(ids, events.map((event) => Number(event.eventId)));
  assert.ok(pages > 2, `${pages} pages`); // a real server counts batches of events
  await second.stop();
});

bare('two workers share a queue', async (bench) => {
  // Core allows one per process and queue.
  const left = await bench.worker({ identity: 'left', ...FEW });
  const right = await workerProcess(bench.taskQueue, 'right');
  const handles = [];
  for (let i = 0; i < 12; ++i) handles.push(await bench.start(w.parallel, [6]));
  for (const handle of handles) assert.equal(await handle.result(), 6);
  const identities = new Set();
  for (const handle of handles) {
    for (const event of attributesOf(await eventsOf(handle), 'ACTIVITY_TASK_STARTED')) identities.add(event.identity);
  }
  assert.deepEqual([...identities].sort(), ['left', 'right']);
  await left.stop();
  await right.kill();
});

bare('shutdown with work in flight: the next worker goes on', async (bench) => {
  const key = newId('flight');
  const first = await bench.worker({ shutdownGraceTime: '50ms' });
  const handles = [await bench.start(w.working, [key]), await bench.start(w.messages), await bench.start(w.timer, [500])];
  await eventually(() => seen.get(key), 'the activity runs');
  await first.stop();
  await handles[1].signal(w.note, 'between');
  const second = await bench.worker();
  await eventually(() => seen.get(key) === 2, 'the activity is tried again');
  seen.set(`${key} released`, true);
  assert.equal(await handles[0].result(), 'attempt 2');
  await handles[1].signal(w.finish);
  assert.deepEqual(await handles[1].result(), ['between', '']);
  assert.ok(await handles[2].result() >= 500);
  await second.stop();
  await namesOf(handles[0]);
});

bare('an activity that outlives the grace time may still complete', async (bench) => {
  const key = newId('grace');
  const first = await bench.worker({ shutdownGraceTime: '20s' });
  const handle = await bench.start(w.working, [key]);
  await eventually(() => seen.get(key), 'the activity runs');
  const stopped = first.stop();
  seen.set(`${key} released`, true);
  await stopped;
  const second = await bench.worker();
  assert.equal(await handle.result(), 'attempt 1');
  await second.stop();
});

bare('a bug in the workflow fails its task, and a mended worker goes on', async (bench) => {
  const first = await bench.worker({ workflowBundle: shared.broken });
  const handle = await bench.start(w.echo, ['mended']);
  await eventually(async () => (await namesOf(handle)).includes('WORKFLOW_TASK_FAILED'), 'the task failed');
  await first.stop();
  const second = await bench.worker();
  assert.deepEqual(await handle.result(), ['mended']);
  const failed = attributesOf(await eventsOf(handle), 'WORKFLOW_TASK_FAILED');
  assert.match(failed[0].failure.message, /a bug/);
  assert.equal(failed.length, 1, 'only the first failure in a row is written');
  await second.stop();
});

bare('a change that does not fit the history fails the task, and the right code goes on', async (bench) => {
  const first = await bench.worker();
  const handle = await bench.start(w.changes);
  await eventually(async () => (await namesOf(handle)).includes('ACTIVITY_TASK_COMPLETED'), 'the first half is done');
  await first.stop();
  const wrong = await bench.worker({ workflowBundle: shared.broken });
  await handle.signal(w.finish);
  const failure = await eventually(
    async () => attributesOf(await eventsOf(handle), 'WORKFLOW_TASK_FAILED')[0], 'the task failed');
  assert.equal(failure.cause, 24, 'WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR');
  await wrong.stop();
  const right = await bench.worker();
  assert.equal(await handle.result(), 'Hello, before; Hello, after');
  await right.stop();
  await namesOf(handle);
});

bare('a codec and a converter of one\'s own: the server sees neither', async (bench) => {
  const dataConverter = { payloadConverterPath: require.resolve('./converter'), payloadCodecs: [converter.codec] };
  const client = new Client({ connection: bench.client.connection, dataConverter });
  const own = new Bench(client, bench.taskQueue);
  const worker = await bench.worker({ dataConverter });
  const handle = await own.start(w.same, [12345678901234567890n], { memo: { hidden: 'secret' } });
  assert.equal(await handle.result(), 12345678901234567890n);
  assert.deepEqual((await handle.describe()).memo, { hidden: 'secret' });
  const waits = await own.start(w.messages, [['x']]);
  assert.deepEqual(await waits.query(w.notes), ['x']);
  assert.equal(await waits.executeUpdate(w.setAddress, { args: ['Moon'] }), '');
  await waits.signal(w.finish);
  assert.deepEqual(await waits.result(), ['x', 'Moon']);
  const started = (await handle.fetchHistory()).events[0].workflowExecutionStartedEventAttributes;
  for (const payload of [started.input.payloads[0], started.memo.fields.hidden]) {
    assert.equal(Buffer.from(payload.metadata.encoding).toString(), 'orrery/turned');
    assert.ok(payload.data.length > 0 && !Buffer.from(payload.data).includes('secret'));
  }
  await worker.stop();
});

bare('interceptors: a header travels from the client to the activity', async (bench) => {
  const tags = [];
  const intercepting = new Client({
    connection: bench.client.connection,
    interceptors: { workflow: [{
      async start(input, next) {
        return await next({ ...input, headers: { ...input.headers, tag: defaultPayloadConverter.toPayload('from the client') } });
      },
      async query(input, next) {
        tags.push(`query ${input.queryType}`);
        return await next(input);
      },
    }] },
  });
  const worker = await bench.worker({ interceptors: { activity: [() => ({
    inbound: {
      async execute(input, next) {
        tags.push(defaultPayloadConverter.fromPayload(input.headers.tag));
        return await next(input);
      },
    },
  })] } });
  const own = new Bench(intercepting, bench.taskQueue);
  const handle = await own.start(w.changes);
  await eventually(() => tags.length > 0, 'the activity was intercepted');
  await handle.signal(w.finish);
  await handle.result();
  assert.deepEqual(tags, ['from the client', 'from the client']);
  await worker.stop();
  const [started] = attributesOf(await eventsOf(handle), 'WORKFLOW_EXECUTION_STARTED');
  assert.equal(defaultPayloadConverter.fromPayload(started.header.fields.tag), 'from the client');
});

scenario('fifty workflows at once', async (bench) => {
  const handles = await Promise.all(Array.from({ length: 50 }, () => bench.start(w.child, ['many'])));
  for (const handle of handles) assert.equal(await handle.result(), 'Hello, many');
});

bare('a remote activity worker without workflows', async (bench) => {
  const only = await bench.worker({ activities: undefined });
  const handle = await bench.start(w.child, ['far']);
  await eventually(async () => (await namesOf(handle)).includes('ACTIVITY_TASK_SCHEDULED'), 'the activity waits');
  const remote = await bench.worker({ workflowBundle: undefined });
  assert.equal(await handle.result(), 'Hello, far');
  await Promise.all([only.stop(), remote.stop()]);
});
