// SPDX-License-Identifier: MIT
// Workflows of the interop tests: one for each thing a server has to get right.
import {
  ActivityCancellationType, ActivityFailure, ApplicationFailure, CancellationScope, CancelledFailure, ChildWorkflowFailure,
  ParentClosePolicy, allHandlersFinished, condition, continueAsNew, defineQuery, defineSignal, defineUpdate, deprecatePatch,
  executeChild, getExternalWorkflowHandle, isCancellation, log, patched, proxyActivities, proxyLocalActivities, setDefaultSignalHandler,
  setHandler, sleep, startChild, upsertMemo, upsertSearchAttributes, uuid4, workflowInfo,
} from '@temporalio/workflow';

type Activities = Record<string, (...args: any[]) => Promise<any>>;
const quickRetry = { initialInterval: '20ms', backoffCoefficient: 1 };
const act = proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: quickRetry });
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '20s', retry: quickRetry });

export const note = defineSignal<[string]>('note');
export const finish = defineSignal('finish');
export const notes = defineQuery<string[]>('notes');
export const broken = defineQuery<string>('broken');
export const setAddress = defineUpdate<string, [string]>('setAddress');

export async function echo(...args: unknown[]): Promise<unknown[]> {
  return args;
}

export async function same(value: unknown): Promise<unknown> {
  return value;
}

export async function nothing(): Promise<void> {}

export async function fails(message: string): Promise<void> {
  throw ApplicationFailure.create({ message, type: 'Broken', nonRetryable: true, details: [{ why: message }, 42] });
}

export async function retries(): Promise<string[]> {
  const told = [await act.greet('World'), `attempts ${await act.failUntil(3)}`, `delayed ${await act.failWithDelay()}`];
  try {
    await act.failForGood();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    told.push(`${error.activityType} ${error.cause.type}: ${error.cause.message} ${JSON.stringify(error.cause.details)}`);
  }
  return told;
}

export async function refused(): Promise<void> {
  await act.failForGood();
}

export async function exhausted(): Promise<void> {
  await proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: { ...quickRetry, maximumAttempts: 2 } }).failUntil(9);
}

export async function parallel(count: number): Promise<number> {
  const names = await Promise.all(Array.from({ length: count }, (_, i) => act.greet(String(i))));
  return new Set(names).size;
}

export async function heartbeats(): Promise<number> {
  return await proxyActivities<Activities>({ startToCloseTimeout: '1m', heartbeatTimeout: '1s', retry: quickRetry }).beatAndStop(6);
}

export async function stalled(kind: string, key: string): Promise<void> {
  const once = { ...quickRetry, maximumAttempts: 2 };
  const options = {
    startToClose: { startToCloseTimeout: '1s', retry: once },
    scheduleToClose: { scheduleToCloseTimeout: '1s', retry: quickRetry },
    scheduleToStart: { scheduleToStartTimeout: '500ms', startToCloseTimeout: '20s', taskQueue: `${workflowInfo().taskQueue}-nobody` },
  }[kind];
  await proxyActivities<Activities>(options as any).takesTooLong(key);
}

export async function cancellable(activity: string, key: string, waits: boolean): Promise<string> {
  const call = proxyActivities<Activities>({
    startToCloseTimeout: '5m', heartbeatTimeout: '1s',
    cancellationType: waits ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED : ActivityCancellationType.TRY_CANCEL,
  })[activity];
  try {
    return await call(key);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => act.greet('cleanup'));
    throw error;
  }
}

export async function elsewhere(key: string): Promise<unknown> {
  const { completedElsewhere } = proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: { maximumAttempts: 1 } });
  return await completedElsewhere(key);
}

export async function locals(): Promise<string[]> {
  const told = [await local.greet('local'), `attempts ${await local.failUntil(3)}`];
  try {
    await local.failForGood();
  } catch (error) {
    told.push(`${(error as ApplicationFailure).type}: ${(error as Error).message}`);
  }
  return told;
}

/** Collects messages until it is told to end. */
export async function messages(first: string[] = []): Promise<string[]> {
  const seen = [...first];
  let address = '';
  let done = false;
  setHandler(note, (text) => void seen.push(text));
  setHandler(finish, () => void (done = true));
  setHandler(notes, () => seen);
  setHandler(broken, () => {
    throw new Error('this query fails');
  });
  setHandler(setAddress, async (next) => {
    const before = address;
    address = next;
    await sleep(20);
    if (next === 'nowhere') throw ApplicationFailure.create({ message: 'no such place', type: 'NoPlace' });
    return before;
  }, {
    validator: (next) => {
      if (!next) throw ApplicationFailure.create({ message: 'address is empty', type: 'NoAddress' });
    },
  });
  setDefaultSignalHandler((name, text) => void seen.push(`${name}: ${text}`));
  await condition(() => done && allHandlersFinished());
  return [...seen, address];
}

export async function child(what: string): Promise<string> {
  if (what === 'fail') throw ApplicationFailure.nonRetryable('child fails', 'ChildBroken');
  if (what === 'wait') await sleep('1h');
  return await act.greet(what);
}

export async function parent(): Promise<unknown[]> {
  const told: unknown[] = [await executeChild(child, { args: ['child'] })];
  try {
    await executeChild(child, { args: ['fail'] });
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    told.push(`${error.workflowType}: ${error.cause?.message}`);
  }
  const { workflowId } = workflowInfo();
  const same = { args: ['wait'] as [string], workflowId: `${workflowId}-same` };
  const first = await startChild(child, same);
  try {
    await startChild(child, same);
  } catch (error) {
    told.push((error as Error).name);
  }
  try {
    await CancellationScope.cancellable(async () => {
      const result = first.result();
      await getExternalWorkflowHandle(same.workflowId).cancel();
      await result;
    });
  } catch (error) {
    told.push(`${(error as Error).name} by ${(error as Error).cause?.constructor.name}`);
  }
  return told;
}

/** Starts one child for each policy and ends. */
export async function leaves(): Promise<void> {
  for (const policy of [ParentClosePolicy.TERMINATE, ParentClosePolicy.ABANDON, ParentClosePolicy.REQUEST_CANCEL]) {
    await startChild(child, { args: ['wait'], workflowId: `${workflowInfo().workflowId}-${policy}`, parentClosePolicy: policy });
  }
}

/** A scope around a child is cancelled; the child has to end before this does. */
export async function cancelsChild(): Promise<string> {
  const scope = new CancellationScope();
  const result = scope.run(async () => {
    const started = await startChild(child, { args: ['wait'], workflowId: `${workflowInfo().workflowId}-child` });
    return await started.result();
  });
  await sleep(50);
  scope.cancel();
  try {
    return await result;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).cause?.constructor.name}`;
  }
}

export async function externals(other: string): Promise<string[]> {
  const handle = getExternalWorkflowHandle(other);
  await handle.signal(note, 'from outside');
  await handle.cancel();
  const told = ['sent'];
  for (const call of [() => getExternalWorkflowHandle('nobody-there').signal(note, 'x'), () => getExternalWorkflowHandle('nobody-there').cancel()]) {
    try {
      await call();
    } catch (error) {
      told.push((error as Error).name);
    }
  }
  return told;
}

export async function counts(left: number, total: number): Promise<number> {
  if (left === 0) return total;
  return await continueAsNew<typeof counts>(left - 1, total + left);
}

export async function timer(ms: number): Promise<number> {
  const before = Date.now();
  await sleep(ms);
  return Date.now() - before;
}

export async function timers(): Promise<string[]> {
  const told: string[] = [];
  await Promise.all([sleep(60).then(() => told.push('second')), sleep(20).then(() => told.push('first'))]);
  const winner = await CancellationScope.cancellable(async () => {
    const short = sleep(20).then(() => 'short');
    const long = sleep('1h').then(() => 'long', (error) => {
      told.push((error as Error).name);
      return 'cancelled';
    });
    const first = await Promise.race([short, long]);
    CancellationScope.current().cancel();
    return first;
  });
  told.push(winner);
  try {
    await CancellationScope.withTimeout(30, () => sleep('1h'));
  } catch (error) {
    told.push(isCancellation(error) ? 'timed scope' : 'wrong');
  }
  told.push(`condition ${await condition(() => false, 20)}`);
  await sleep(0);
  return told;
}

export async function patches(): Promise<string[]> {
  const told: string[] = [];
  told.push(patched('new-greeting') ? await act.greet('patched') : 'old');
  deprecatePatch('gone');
  await sleep(10);
  told.push(patched('new-greeting') ? 'still' : 'lost', patched('late') ? 'late' : 'none');
  return told;
}

export async function attributes(): Promise<unknown> {
  upsertSearchAttributes({ InteropColour: ['blue'], InteropNumber: [7] });
  upsertMemo({ note: 'upserted', gone: null });
  const { searchAttributes, memo } = workflowInfo();
  await sleep(1);
  return { searchAttributes, memo };
}

export async function failsThenRetries(): Promise<number> {
  const { attempt } = workflowInfo();
  if (attempt < 3) throw ApplicationFailure.create({ message: `run ${attempt}` });
  return attempt;
}

/** Many events, and an answer that depends on every one of them. */
export async function long(rounds: number): Promise<number> {
  let total = 0;
  for (let round = 0; round < rounds; ++round) {
    const names = await Promise.all(Array.from({ length: 10 }, (_, i) => act.greet(`${round}-${i}`)));
    total += names.length;
  }
  return total;
}

export async function largeValues(size: number): Promise<number[]> {
  const text: string = await act.large(size);
  return [text.length, await act.lengthOf(text)];
}

export async function inverted(value: Uint8Array): Promise<Uint8Array> {
  return await act.bytes(value);
}

export async function working(key: string): Promise<string> {
  const call = proxyActivities<Activities>({ startToCloseTimeout: '20s', heartbeatTimeout: '5s', retry: quickRetry }).untilReleased;
  return await call(key);
}

export async function identity(): Promise<unknown> {
  const { workflowId, runId, taskQueue, attempt, firstExecutionRunId, historyLength, parent: mother } = workflowInfo();
  log.info('for the sink');
  return { workflowId, runId, taskQueue, attempt, first: firstExecutionRunId, historyLength, parent: mother ?? null, drawn: uuid4() };
}

export async function whoRuns(): Promise<unknown> {
  return await act.whoAmI();
}

/** Greets, waits for a message, greets again; broken.ts has another workflow under this name. */
export async function changes(): Promise<string> {
  let go = false;
  setHandler(finish, () => void (go = true));
  const before = await act.greet('before');
  await condition(() => go);
  return `${before}; ${await act.greet('after')}`;
}

/** Its first activity is requested while a signal may already be on its way. */
export async function drains(): Promise<number> {
  let got = 0;
  setHandler(note, () => void ++got);
  await act.greet('once');
  await condition(() => got >= 20);
  return got;
}

/** Waits for a message or thirty days. */
export async function days(country: string): Promise<string> {
  let approved = false;
  setHandler(finish, () => void (approved = true));
  if (await condition(() => approved, '30 days')) return 'approved';
  const slow = proxyActivities<Activities>({ startToCloseTimeout: '20s', retry: { initialInterval: '1h', backoffCoefficient: 2 } });
  return `gave up on ${country} after ${await slow.failUntil(4)} attempts`;
}

export async function daily(count: number): Promise<number> {
  const before = Date.now();
  for (let day = 0; day < count; ++day) await sleep('1 day');
  return Math.floor((Date.now() - before) / 86_400_000);
}

/** A timer of a day beside an activity that works for a while of real time: it must not be overtaken. */
export async function holds(key: string): Promise<string> {
  const done = act.untilReleased(key).then(() => 'activity');
  return await Promise.race([done, sleep('1 day').then(() => 'timer')]);
}

export interface Limits {
  scheduleToClose: string;
  startToClose?: string;
  heartbeat?: string;
  workFor: number;
}

export async function hurried(limits: Limits): Promise<unknown> {
  const { scheduledAt } = proxyActivities<Activities>({
    taskQueue: `${workflowInfo().taskQueue}-activities`,
    scheduleToCloseTimeout: limits.scheduleToClose as any,
    startToCloseTimeout: limits.startToClose as any,
    heartbeatTimeout: limits.heartbeat as any,
    retry: quickRetry,
  });
  return await scheduledAt(limits.workFor);
}

export async function cancelled(): Promise<void> {
  try {
    await sleep('1h');
  } catch (error) {
    if (error instanceof CancelledFailure) await CancellationScope.nonCancellable(() => act.greet('cleanup'));
    throw error;
  }
}
