// SPDX-License-Identifier: MIT
// A worker that the tests kill: ADDRESS, BUNDLE and OPTIONS say what it works on. Sends a message once it polls.
'use strict';
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');
const { activities } = require('./activities');

Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });

async function main() {
  const connection = await NativeConnection.connect({ address: process.env.ADDRESS });
  const worker = await Worker.create({
    connection, activities, workflowBundle: { codePath: process.env.BUNDLE },
    maxHeartbeatThrottleInterval: '50ms', defaultHeartbeatThrottleInterval: '50ms', ...JSON.parse(process.env.OPTIONS),
  });
  const ended = worker.run();
  process.send('running');
  await ended;
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
