// SPDX-License-Identifier: MIT
'use strict';
const assert = require('node:assert/strict');
const {
  ActivityFailure, ApplicationFailure, CancelledFailure, RetryState, TerminatedFailure, TimeoutFailure, TimeoutType,
} = require('@temporalio/common');
const { ActivityNotFoundError } = require('@temporalio/client');
const { seen, tokens } = require('./activities');
const { attributesOf, causeOf, eventName, eventsOf, eventually, namesOf, newId, scenario } = require('./support');
const w = require('./names');

scenario('activities retry, with back-off, own delay and failure details', async (bench) => {
  const handle = await bench.start(w.retries);
  assert.deepEqual(await handle.result(), [
    'Hello, World', 'attempts 3', 'delayed 2', 'failForGood Final: no way [{"card":4711},["a","b"]]']);
  const started = attributesOf(await eventsOf(handle), 'ACTIVITY_TASK_STARTED');
  assert.deepEqual(started.map((event) => event.attempt), [1, 3, 2, 1]);
  assert.equal(started[1].lastFailure.message, 'attempt 2');
  assert.equal(started[1].lastFailure.applicationFailureInfo.type, 'NotYet');
});

scenario('an activity failure crosses to the client with its details', async (bench) => {
  const handle = await bench.start(w.refused);
  const cause = await causeOf(handle.result());
  assert.ok(cause instanceof ActivityFailure);
  assert.equal(cause.activityType, 'failForGood');
  assert.equal(cause.retryState, RetryState.NON_RETRYABLE_FAILURE);
  assert.ok(cause.cause instanceof ApplicationFailure);
  assert.deepEqual([cause.cause.type, cause.cause.message, cause.cause.nonRetryable, cause.cause.details],
                   ['Final', 'no way', true, [{ card: 4711 }, ['a', 'b']]]);
  assert.equal((await handle.describe()).status.name, 'FAILED');
});

scenario('attempts end at their maximum', async (bench) => {
  const cause = await causeOf(bench.run(w.exhausted));
  assert.equal(cause.retryState, RetryState.MAXIMUM_ATTEMPTS_REACHED);
  assert.equal(cause.cause.message, 'attempt 2');
});

scenario('60 activities at once', async (bench) => {
  const handle = await bench.start(w.parallel, [60]);
  assert.equal(await handle.result(), 60);
  assert.equal((await namesOf(handle)).filter((name) => name === 'ACTIVITY_TASK_COMPLETED').length, 60);
});

scenario('heartbeat details reach the next attempt', async (bench) => {
  const handle = await bench.start(w.heartbeats);
  assert.ok(await handle.result() >= 1);
  const [started] = attributesOf(await eventsOf(handle), 'ACTIVITY_TASK_STARTED');
  assert.equal(started.attempt, 2);
  assert.ok(started.lastFailure.timeoutFailureInfo);
});

for (const [kind, type, attempts] of [
  ['startToClose', TimeoutType.START_TO_CLOSE, 2], ['scheduleToClose', TimeoutType.SCHEDULE_TO_CLOSE, 1],
  ['scheduleToStart', TimeoutType.SCHEDULE_TO_START, 0],
]) {
  scenario(`time-out ${kind}`, async (bench) => {
    const key = newId(kind);
    const handle = await bench.start(w.stalled, [kind, key]);
    const cause = await causeOf(handle.result());
    assert.ok(cause instanceof ActivityFailure);
    assert.ok(cause.cause instanceof TimeoutFailure);
    assert.equal(cause.cause.timeoutType, type);
    assert.equal(seen.get(key) ?? 0, attempts);
    const [event] = attributesOf(await eventsOf(handle), 'ACTIVITY_TASK_TIMED_OUT');
    assert.equal(cause.retryState, {
      startToClose: RetryState.MAXIMUM_ATTEMPTS_REACHED, scheduleToClose: RetryState.TIMEOUT,
      scheduleToStart: RetryState.TIMEOUT,
    }[kind], `${kind}: ${JSON.stringify(event)}`);
  });
}

for (const waits of [true, false]) {
  scenario(`cancellation reaches the activity, ${waits ? 'which is waited for' : 'which is not waited for'}`, async (bench) => {
    const key = newId('cancel');
    const handle = await bench.start(w.cancellable, ['beatAndThrow', key, waits]);
    await eventually(() => seen.get(`${key} began`), 'the activity runs');
    await handle.cancel();
    assert.ok(await causeOf(handle.result()) instanceof CancelledFailure);
    await eventually(() => seen.get(`${key} cancelled`), 'the activity was told');
    const names = await namesOf(handle);
    assert.ok(names.includes('ACTIVITY_TASK_CANCEL_REQUESTED'));
    if (waits) assert.ok(names.includes('ACTIVITY_TASK_CANCELED'));
    assert.equal(names.at(-1), 'WORKFLOW_EXECUTION_CANCELED');
    assert.equal((await handle.describe()).status.name, 'CANCELLED');
  });
}

scenario('an activity may complete although it was cancelled', async (bench) => {
  const key = newId('swallow');
  const handle = await bench.start(w.cancellable, ['beatUntilCancelled', key, true]);
  await eventually(() => seen.get(`${key} began`), 'the activity runs');
  await handle.cancel();
  assert.equal(await handle.result(), 'cleaned up');
});

scenario('an activity of a terminated workflow is cancelled', async (bench) => {
  const key = newId('orphan');
  const handle = await bench.start(w.cancellable, ['beatUntilCancelled', key, true]);
  await eventually(() => seen.get(`${key} began`), 'the activity runs');
  await handle.terminate('enough', 'detail');
  await eventually(() => seen.get(`${key} cancelled`), 'its heartbeat was refused');
  assert.ok(await causeOf(handle.result()) instanceof TerminatedFailure);
  const [event] = attributesOf(await eventsOf(handle), 'WORKFLOW_EXECUTION_TERMINATED');
  assert.equal(event.reason, 'enough');
});

scenario('completed from elsewhere: by token, by id, failed, heartbeaten', async (bench) => {
  const { activity } = bench.client;
  const [byToken, byId, failed] = ['token', 'id', 'fail'].map(newId);
  const handles = await Promise.all([byToken, byId, failed].map((key) => bench.start(w.elsewhere, [key])));
  const given = async (key) => await eventually(() => tokens.get(key), 'the activity gave its token');
  await activity.heartbeat((await given(byToken)).taskToken, { half: true });
  await activity.complete((await given(byToken)).taskToken, 'by token');
  assert.equal(await handles[0].result(), 'by token');
  const info = await given(byId);
  await activity.complete({ workflowId: handles[1].workflowId, activityId: info.activityId }, 'by id');
  assert.equal(await handles[1].result(), 'by id');
  await activity.fail((await given(failed)).taskToken, ApplicationFailure.create({ message: 'elsewhere', type: 'Far' }));
  const cause = await causeOf(handles[2].result());
  assert.equal(cause.cause.type, 'Far');
  await assert.rejects(activity.complete((await given(byToken)).taskToken, 'again'), ActivityNotFoundError);
  await assert.rejects(activity.heartbeat({ workflowId: handles[1].workflowId, activityId: 'none' }), ActivityNotFoundError);
});

scenario('local activities, with retries and failures', async (bench) => {
  const handle = await bench.start(w.locals);
  assert.deepEqual(await handle.result(), ['Hello, local', 'attempts 3', 'Final: no way']);
  const names = await namesOf(handle);
  assert.equal(names.filter((name) => name === 'MARKER_RECORDED').length, 3);
  assert.ok(!names.includes('ACTIVITY_TASK_SCHEDULED'));
});

scenario('an activity knows where it belongs', async (bench) => {
  const handle = await bench.start(w.whoRuns);
  assert.deepEqual(await handle.result(), { type: 'whoAmI', queue: bench.taskQueue, workflow: handle.workflowId });
});

scenario('values of 1.5 MB go through', async (bench) => {
  const size = 1_500_000;
  const handle = await bench.start(w.largeValues, [size]);
  assert.deepEqual(await handle.result(), [size, size]);
  const events = await eventsOf(handle);
  const [result] = events.filter((event) => eventName(event) === 'ACTIVITY_TASK_COMPLETED');
  assert.equal(result.activityTaskCompletedEventAttributes.result.payloads[0].data.length, size + 2);
});

scenario('binary values stay bytes', async (bench) => {
  const result = await bench.run(w.inverted, [Uint8Array.of(0, 1, 254, 255)]);
  assert.deepEqual([...result], [255, 254, 1, 0]);
});
