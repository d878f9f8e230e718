// SPDX-License-Identifier: MIT
// Names of the workflows of workflows.ts and of their messages, for clients: node cannot load the TypeScript file itself.
'use strict';
const { defineQuery, defineSignal, defineUpdate } = require('@temporalio/workflow');

const workflows = [
  'echo', 'same', 'nothing', 'fails', 'retries', 'refused', 'exhausted', 'parallel', 'heartbeats', 'stalled', 'cancellable', 'elsewhere', 'locals',
  'messages', 'child', 'parent', 'leaves', 'cancelsChild', 'externals', 'counts', 'timer', 'timers', 'patches', 'attributes',
  'failsThenRetries', 'long', 'largeValues', 'inverted', 'working', 'identity', 'whoRuns', 'changes', 'drains', 'days', 'daily', 'holds',
  'hurried', 'cancelled',
];

module.exports = {
  ...Object.fromEntries(workflows.map((name) => [name, name])),
  note: defineSignal('note'),
  finish: defineSignal('finish'),
  notes: defineQuery('notes'),
  broken: defineQuery('broken'),
  setAddress: defineUpdate('setAddress'),
};
