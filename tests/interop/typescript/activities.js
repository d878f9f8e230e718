// SPDX-License-Identifier: MIT
// What the workflows of workflows.ts call. `seen` tells the tests what happened here, by a key the test chose.
'use strict';
const { ApplicationFailure, CancelledFailure, CompleteAsyncError, Context, heartbeat, sleep } = require('@temporalio/activity');

const seen = new Map();
/** Task tokens of activities that are completed from outside. */
const tokens = new Map();

function count(key) {
  seen.set(key, (seen.get(key) ?? 0) + 1);
  return seen.get(key);
}

function info() {
  return Context.current().info;
}

async function greet(name) {
  return `Hello, ${name}`;
}

async function failUntil(attempt) {
  if (info().attempt < attempt) {
    throw ApplicationFailure.create({ message: `attempt ${info().attempt}`, type: 'NotYet', details: [info().attempt] });
  }
  return info().attempt;
}

async function failForGood() {
  throw ApplicationFailure.nonRetryable('no way', 'Final', { card: 4711 }, ['a', 'b']);
}

/** Asks for its own delay instead of the policy's. */
async function failWithDelay() {
  if (info().attempt === 1) {
    throw ApplicationFailure.create({ message: 'later', type: 'Later', nextRetryDelay: '10ms' });
  }
  return info().attempt;
}

/** Beats its progress, falls silent once in the middle, and goes on from where it was. */
async function beatAndStop(total) {
  const begin = info().heartbeatDetails ?? 0;
  for (let step = begin + 1; step <= total; ++step) {
    heartbeat(step);
    if (step === total / 2 && info().attempt === 1) await sleep('1m');
    await sleep(50);
  }
  return begin;
}

async function beatUntilCancelled(key) {
  count(`${key} began`);
  try {
    for (;;) {
      heartbeat();
      await sleep(30);
    }
  } catch (error) {
    if (!(error instanceof CancelledFailure)) throw error;
    count(`${key} cancelled`);
    return 'cleaned up';
  }
}

/** As above, but tells the server that it was cancelled. */
async function beatAndThrow(key) {
  count(`${key} began`);
  for (;;) {
    heartbeat();
    await sleep(30).catch((error) => {
      count(`${key} cancelled`);
      throw error;
    });
  }
}

async function takesTooLong(key) {
  count(key);
  // Woken by its own cancellation only: the worker ends it after the server did.
  await Context.current().cancelled;
}

async function completedElsewhere(key) {
  tokens.set(key, info());
  throw new CompleteAsyncError();
}

async function large(size) {
  return 'x'.repeat(size);
}

async function lengthOf(text) {
  return text.length;
}

async function bytes(value) {
  return Uint8Array.from(value, (byte) => 255 - byte);
}

/** Ends when the test lets it, or the worker shuts down. */
async function untilReleased(key) {
  count(key);
  while (!seen.get(`${key} released`)) await sleep(20);
  return `attempt ${info().attempt}`;
}

async function whoAmI() {
  return { type: info().activityType, queue: info().taskQueue, workflow: info().workflowExecution.workflowId };
}

/** When it was scheduled, as far as it is told; what an author's own deadline code would see. */
async function scheduledAt(workFor) {
  for (let worked = 0; worked < workFor; worked += 100) {
    heartbeat(worked);
    await sleep(100); // throws when the SDK thinks that the attempt is over
  }
  if (info().attempt === 1) throw ApplicationFailure.retryable('once more');
  return { scheduled: info().scheduledTimestampMs, attempt: info().attempt };
}

module.exports = {
  activities: {
    greet, failUntil, failForGood, failWithDelay, beatAndStop, beatUntilCancelled, beatAndThrow, takesTooLong,
    completedElsewhere, large, lengthOf, bytes, untilReleased, whoAmI, scheduledAt,
  },
  seen,
  tokens,
};
