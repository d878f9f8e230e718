// SPDX-License-Identifier: MIT
// The unmodified official TypeScript worker and client against `orrery serve`, and its time-skipping environment with our
// program as its existing test server. One process, one server, one bundle for all; the replay comes last.
'use strict';
const { describe } = require('node:test');
require('./support'); // here, for its hooks belong to the whole run

// Most of a test is waiting.
const concurrency = 4;
describe('activities', { concurrency }, () => require('./activities.test'));
describe('messages', { concurrency }, () => require('./messages.test'));
describe('workflows', { concurrency }, () => require('./workflows.test'));
describe('workers', { concurrency }, () => require('./workers.test'));
describe('samples', { concurrency }, () => require('./samples.test'));
describe('clock', { concurrency }, () => require('./clock.test'));
describe('replay', () => require('./replay.test'));
