// SPDX-License-Identifier: MIT
// What only our server can do: skip time for the SDK's test environment, and pause it.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Client, Connection } = require('@temporalio/client');
const { NativeConnection } = require('@temporalio/worker');
const { TimeoutFailure, defineSearchAttributeKey } = require('@temporalio/common');
const { TestWorkflowEnvironment } = require('@temporalio/testing');
const { seen } = require('./activities');
const {
  BINARY, Bench, EXTERNAL, LONGEST_TEST, Server, causeOf, eventName, eventually, eventsOf, namesOf, newId,
} = require('./support');
const w = require('./names');

const DAY = 86_400_000;
const options = { timeout: LONGEST_TEST, skip: EXTERNAL ? 'the real server has no such clock' : false };

/** A test in the SDK's own environment, with our program in the place of its test server. */
function skipping(name, body) {
  test(name, options, async () => {
    const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: BINARY } } });
    const bench = new Bench(env.client);
    try {
      await bench.worker({ connection: env.nativeConnection });
      await body(bench, env);
    } finally {
      await bench.close();
      await env.teardown();
    }
  });
}

test('development server: what the environment can ask for', options, async () => {
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: BINARY },
      namespace: 'interop-dev',
      ip: '127.0.0.1',
      log: { level: 'error', format: 'pretty' },
      searchAttributes: [defineSearchAttributeKey('InteropCustomer', 'KEYWORD')],
      extraArgs: ['--namespace', 'second', '--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=10'],
    },
  });
  const bench = new Bench(env.client);
  try {
    await bench.worker({ connection: env.nativeConnection, namespace: 'interop-dev' });
    assert.equal(env.namespace, 'interop-dev');
    const customer = defineSearchAttributeKey('InteropCustomer', 'KEYWORD');
    await bench.run(w.daily, [0], { workflowId: 'dev', typedSearchAttributes: [{ key: customer, value: 'Ada' }] });
    const found = [];
    for await (const run of env.client.workflow.list({ query: "InteropCustomer = 'Ada'" })) found.push(run.workflowId);
    assert.deepEqual(found, ['dev']);
    const second = new Client({ connection: env.connection, namespace: 'second' });
    assert.equal((await second.workflow.count('')).count, 0);
  } finally {
    await bench.close();
    await env.teardown();
  }
});

skipping('skipping: thirty days and hours of back-off', async (bench, env) => {
  const before = await env.currentTimeMs();
  const handle = await bench.start(w.days, ['SE']);
  assert.equal(await handle.result(), 'gave up on SE after 4 attempts');
  const passed = await env.currentTimeMs() - before;
  assert.ok(passed >= 30 * DAY + 7 * 3_600_000 && passed < 30 * DAY + 8 * 3_600_000, String(passed));
  await namesOf(handle);
});

skipping('skipping: a signal after a sleep', async (bench, env) => {
  const before = await env.currentTimeMs();
  const handle = await bench.start(w.days, ['SE'], { workflowId: 'signalled' });
  await env.sleep('3 days');
  const slept = await env.currentTimeMs() - before;
  assert.ok(slept >= 3 * DAY && slept < 4 * DAY, String(slept));
  await env.client.workflow.getHandle('signalled').signal(w.finish);
  assert.equal(await handle.result(), 'approved');
  assert.ok(await env.currentTimeMs() - before < 4 * DAY);
});

skipping('skipping: a year of days', async (bench, env) => {
  const begun = performance.now();
  assert.equal(await bench.run(w.daily, [365]), 365);
  console.log(`365 daily timers through the TypeScript worker: ${((performance.now() - begun) / 1000).toFixed(2)} s`);
});

skipping('skipping: an activity at work holds the clock', async (bench, env) => {
  const key = newId('holds');
  const before = await env.currentTimeMs();
  const handle = await bench.start(w.holds, [key]);
  const result = handle.result();
  await eventually(() => seen.get(key), 'the activity runs');
  for (let i = 0; i < 5; ++i) assert.ok(await env.currentTimeMs() - before < DAY);
  seen.set(`${key} released`, true);
  assert.equal(await result, 'activity');
});

skipping('skipping: an activity sleeps in the environment\'s time', async (bench, env) => {
  const worker = await bench.worker({ taskQueue: `${bench.taskQueue}-activities`,
    connection: env.nativeConnection,
    activities: { async scheduledAt() {
      await env.sleep('2 hours');
      return 'slept';
    } },
  });
  const limits = { scheduleToClose: '1 day', workFor: 0 };
  assert.equal(await bench.run(w.hurried, [limits]), 'slept');
  await worker.stop();
});

skipping('skipping: a run time-out is reached', async (bench) => {
  const handle = await bench.start(w.messages, [], { workflowRunTimeout: '30 days' });
  assert.ok(await causeOf(handle.result()) instanceof TimeoutFailure);
});

skipping('skipping: the clock stands while nobody waits for a result', async (bench, env) => {
  const before = await env.currentTimeMs();
  const handle = await bench.start(w.daily, [1]);
  await eventually(async () => (await namesOf(handle)).includes('TIMER_STARTED'), 'the timer is set');
  assert.ok(await env.currentTimeMs() - before < DAY);
  assert.equal((await handle.describe()).status.name, 'RUNNING');
  assert.equal(await handle.result(), 1);
});

skipping('skipping: continue-as-new, children and updates', async (bench, env) => {
  assert.equal(await bench.run(w.counts, [3, 0]), 6);
  assert.equal((await bench.run(w.parent)).length, 4);
  const handle = await bench.start(w.messages);
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Moon'] }), '');
  await env.sleep('1 hour');
  assert.equal(await handle.executeUpdate(w.setAddress, { args: ['Mars'] }), 'Moon');
  await handle.signal(w.finish);
  assert.deepEqual(await handle.result(), ['Mars']);
});

/** A test on a server of its own, whose clock it may pause. */
function paused(name, body) {
  test(name, options, async () => {
    const server = await Server.start();
    const connection = await Connection.connect({ address: server.address });
    const native = await NativeConnection.connect({ address: server.address });
    const bench = new Bench(new Client({ connection }));
    try {
      await bench.worker({ connection: native, activities: undefined });
      await body(bench, server, native);
    } finally {
      await bench.close();
      await connection.close();
      await native.close();
      await server.stop();
    }
  });
}

const wall = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const activityWorker = async (bench, connection) =>
  await bench.worker({ taskQueue: `${bench.taskQueue}-activities`, connection, workflowBundle: undefined });
const scheduled = async (handle) =>
  await eventually(async () => (await namesOf(handle)).includes('ACTIVITY_TASK_SCHEDULED'), 'the activity waits');
const LIMITS = { scheduleToClose: '3s', startToClose: '3s', heartbeat: '1s' };

paused('paused for longer than every time-out of an activity, which then runs to its end', async (bench, server, native) => {
  assert.equal(server.clock('pause').mode, 'paused');
  const handle = await bench.start(w.hurried, [{ ...LIMITS, workFor: 500 }]);
  await scheduled(handle);
  await wall(5500);
  assert.ok(server.clock().aheadSeconds < -5);
  // Both attempts run while the clock stands; a step takes it to the retry, which is due in virtual time.
  const worker = await activityWorker(bench, native);
  await eventually(async () => (await handle.describe()).raw.pendingActivities[0]?.attempt === 2, 'the first attempt ended');
  server.clock('step');
  assert.equal((await handle.result()).attempt, 2);
  assert.ok(!(await namesOf(handle)).includes('ACTIVITY_TASK_TIMED_OUT'));
  assert.equal(server.clock().mode, 'paused');
  await worker.stop();
});

paused('an attempt that works longer than its limits while the clock stands is not ended', async (bench, server, native) => {
  const worker = await activityWorker(bench, native);
  server.clock('pause');
  // Without a heartbeat time-out the SDK gives up an attempt five seconds after its start-to-close time-out, by its own clock.
  const handle = await bench.start(w.hurried, [{ scheduleToClose: '2s', startToClose: '2s', workFor: 7500 }]);
  await eventually(async () => (await handle.describe()).raw.pendingActivities[0]?.attempt === 2, 'the first attempt ended');
  await worker.stop();
  const { lastFailure } = (await handle.describe()).raw.pendingActivities[0];
  assert.equal(lastFailure.message, 'once more');
  await handle.terminate();
});

paused('after a pause activities are told of times that their own clock can be compared with', async (bench, server, native) => {
  const handle = await bench.start(w.hurried, [{ scheduleToClose: '1 hour', workFor: 100 }]);
  await scheduled(handle);
  server.clock('pause');
  await wall(3000);
  server.clock('resume');
  const lag = -1000 * server.clock().aheadSeconds;
  const worker = await activityWorker(bench, native);
  const told = await handle.result();
  const { eventTime } = (await eventsOf(handle)).find((event) => eventName(event) === 'ACTIVITY_TASK_SCHEDULED');
  const shift = told.scheduled - (1000 * Number(eventTime.seconds) + eventTime.nanos / 1_000_000);
  assert.ok(lag >= 3000 && Math.abs(shift - lag) < 5, `time lags ${lag} ms, and is shifted by ${shift} ms`);
  await worker.stop();
});

paused('steps and skips from outside', async (bench, server) => {
  server.clock('pause');
  const handle = await bench.start(w.daily, [3]);
  const due = async (day) => await eventually(async () => {
    const status = server.clock();
    return status.holderCount === 0 && status.dueCount > 0 &&
      (await namesOf(handle)).filter((name) => name === 'TIMER_STARTED').length === day;
  }, `timer ${day} is set`);
  await due(1);
  server.clock('step');
  await due(2);
  server.clock('skip', '2d');
  assert.equal(await handle.result(), 3);
});
