// SPDX-License-Identifier: MIT
// What all tests share: the server, the bundles of the workflows, a client, workers, and the histories for the replay.
//
// ORRERY_BIN names the program; with ADDRESS=host:port the same tests run against a server that is already there, which is
// how they are themselves checked against the real one.
'use strict';
const assert = require('node:assert/strict');
const { spawn, execFileSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Client, Connection, WorkflowFailedError } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } = require('@temporalio/worker');
const { temporal } = require('@temporalio/proto');
const { activities } = require('./activities');

const BINARY = process.env.ORRERY_BIN ?? '';
const EXTERNAL = process.env.ADDRESS ?? '';
const LONGEST_TEST = 120_000;

// Activities and workflows fail on purpose here; what counts is what the client sees.
const logger = new DefaultLogger('ERROR', () => {});
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF', forward: {} } }, shutdownSignals: [] });

/** `orrery serve` on a free port. */
class Server {
  static async start(...options) {
    const server = new Server();
    server.process = spawn(BINARY, ['serve', '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    server.ended = new Promise((resolve) => server.process.once('exit', (code, signal) => resolve(signal ?? code)));
    server.address = await new Promise((resolve, reject) => {
      server.process.stdout.on('data', (text) => {
        const found = /127\.0\.0\.1:\d+/.exec(String(text));
        if (found) resolve(found[0]);
      });
      server.process.once('error', reject);
      server.ended.then((code) => reject(new Error(`the server ended at once: ${code}`)));
    });
    return server;
  }

  /** Sets the clock; gives its status. */
  clock(...words) {
    return JSON.parse(execFileSync(BINARY, ['clock', '--address', this.address, '--json', ...words], { encoding: 'utf8' }));
  }

  async stop() {
    this.process.kill('SIGTERM');
    const code = await this.ended;
    if (code !== 0) throw new Error(`SIGTERM did not end the server cleanly: ${code}`);
  }
}

/** Set before the first test. */
const shared = { address: EXTERNAL, folder: '', bundle: null, broken: null, client: null, native: null };
/** Every history that was fetched, for the replay at the end: {workflowId, history}. */
const histories = [];

let server = null;

before(async () => {
  if (!EXTERNAL) {
    server = await Server.start();
    shared.address = server.address;
  }
  shared.folder = mkdtempSync(path.join(tmpdir(), 'orrery-interop-'));
  shared.bundle = await writeBundle('workflows.ts', { workflowInterceptorModules: [require.resolve('./interceptors.ts')],
                                                      payloadConverterPath: require.resolve('./converter') });
  shared.broken = await writeBundle('broken.ts', {});
  shared.native = await NativeConnection.connect({ address: shared.address });
  shared.client = new Client({ connection: await Connection.connect({ address: shared.address }) });
});

after(async () => {
  await shared.client?.connection.close();
  await shared.native?.close();
  await server?.stop();
  rmSync(shared.folder, { recursive: true, force: true });
  await Runtime.instance().shutdown();
});

async function writeBundle(file, options) {
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve(`./${file}`), logger, ...options });
  const codePath = path.join(shared.folder, `${file}.bundle.js`);
  writeFileSync(codePath, code);
  return { codePath };
}

const newId = (name) => `${name}-${randomUUID()}`;

/** A worker with all workflows and activities; `options` override. */
async function createWorker(taskQueue, options = {}) {
  return await Worker.create({
    connection: shared.native, workflowBundle: shared.bundle, activities, taskQueue, shutdownGraceTime: '100ms',
    maxHeartbeatThrottleInterval: '50ms', defaultHeartbeatThrottleInterval: '50ms', ...options,
  });
}

/** What one test works with: a task queue of its own, and short forms for what most tests do. */
class Bench {
  constructor(client = shared.client, taskQueue = newId('queue')) {
    this.client = client;
    this.taskQueue = taskQueue;
    this.workers = new Set();
  }

  /** A running worker; `options` override. Its stop() waits for the end of the shutdown. */
  async worker(options = {}) {
    const worker = await createWorker(this.taskQueue, options);
    const ended = worker.run();
    ended.catch(() => {}); // reported by stop()
    const handle = {
      stop: async () => {
        this.workers.delete(handle);
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await ended;
      },
    };
    this.workers.add(handle);
    return handle;
  }

  /** Stops what a failed test left running. */
  async close() {
    await Promise.allSettled([...this.workers].map((worker) => worker.stop()));
  }

  async start(workflow, args = [], options = {}) {
    const { taskQueue } = this;
    return await this.client.workflow.start(workflow, { args, taskQueue, workflowId: newId(nameOf(workflow)), ...options });
  }

  async run(workflow, args = [], options = {}) {
    return await (await this.start(workflow, args, options)).result();
  }

  handle(workflowId, runId) {
    return this.client.workflow.getHandle(workflowId, runId);
  }
}

const nameOf = (workflow) => (typeof workflow === 'string' ? workflow : workflow.name);

/** A test that makes its own workers. */
function bare(name, body, options = {}) {
  test(name, { timeout: LONGEST_TEST, ...options }, async () => {
    const bench = new Bench();
    try {
      await body(bench);
    } finally {
      await bench.close();
    }
  });
}

/** A test with a running worker. */
function scenario(name, body, options = {}) {
  bare(name, async (bench) => {
    await bench.worker(options.worker);
    await body(bench);
  });
}

/** Waits until the probe gives something true; fails after 30 s. */
async function eventually(probe, what) {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const value = await probe();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  throw new Error(`never happened: ${what}`);
}

const EventType = temporal.api.enums.v1.EventType;
const eventName = (event) => EventType[event.eventType].replace('EVENT_TYPE_', '');

/** The events of the run, all checks included that hold for every history. Closed ones are kept for the replay. */
async function eventsOf(handle) {
  const history = await handle.fetchHistory();
  const { events } = history;
  events.forEach((event, index) => {
    if (Number(event.eventId) !== index + 1) throw new Error(`event ${event.eventId} is number ${index + 1}`);
  });
  histories.push({ workflowId: handle.workflowId, history });
  return events;
}

async function namesOf(handle) {
  return (await eventsOf(handle)).map(eventName);
}

const attributesOf = (events, name) => {
  const field = name.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase()) + 'EventAttributes';
  return events.filter((event) => eventName(event) === name).map((event) => event[field]);
};

/** The cause of a workflow's failure. */
async function causeOf(result) {
  const error = await result.then(() => assert.fail('the workflow completed'), (failed) => failed);
  assert.ok(error instanceof WorkflowFailedError, String(error));
  return error.cause;
}

module.exports = {
  BINARY, Bench, EXTERNAL, LONGEST_TEST, Server, attributesOf, bare, causeOf, eventName, eventsOf, eventually, histories, namesOf, newId,
  scenario, shared,
};
