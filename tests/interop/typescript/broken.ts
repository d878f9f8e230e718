// SPDX-License-Identifier: MIT
// What a careless release looks like: `changes` asks for other things in another order, `recovers` has a bug.
import { sleep } from '@temporalio/workflow';

export async function changes(): Promise<string> {
  await sleep('1h');
  return 'never';
}

export async function echo(): Promise<void> {
  throw new Error('a bug');
}
