// SPDX-License-Identifier: MIT
// The SDK's own replayer over every history that the tests before fetched: proof that they are what the SDK expects.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Worker, DeterminismViolationError } = require('@temporalio/worker');
const { LONGEST_TEST, histories, shared } = require('./support');

const options = () => ({ workflowBundle: shared.bundle, dataConverter: { payloadConverterPath: require.resolve('./converter') } });
const typeOf = (history) => history.events[0].workflowExecutionStartedEventAttributes.workflowType.name;

test('every history replays', { timeout: 2 * LONGEST_TEST }, async () => {
  assert.ok(histories.length >= 60, `${histories.length} histories`);
  for await (const { workflowId, error } of Worker.runReplayHistories(options(), histories)) {
    assert.equal(error, undefined, `${workflowId}: ${error}`);
  }
  const kinds = new Set(histories.map(({ history }) => typeOf(history)));
  assert.ok(kinds.size >= 25, [...kinds].join(' '));
  console.log(`${histories.length} histories of ${kinds.size} workflow types replayed`);
});

test('a history of other code does not', { timeout: LONGEST_TEST }, async () => {
  const whole = histories.filter(({ history }) => typeOf(history) === 'changes' && history.events.length > 15);
  const { history, workflowId } = whole[0];
  await assert.rejects(Worker.runReplayHistory({ workflowBundle: shared.broken }, history, workflowId), DeterminismViolationError);
});
