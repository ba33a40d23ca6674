/** How calls are grouped into signals, and when they are told to come again. */
import { TablegateError } from '../../model/errors';
import type { Trigger } from '../../model/trigger';
import { TriggerQueue } from '../../scheduling/trigger-queue';

/** A Temporal whose signals are answered when the test says so. */
class HeldGateway {
  readonly signals: { taskId: string; triggers: Trigger[]; answer: (error?: Error) => void }[] = [];
  historyBytes = 0;
  looks = 0;
  private arrived: () => void = () => undefined;

  signalTriggers(_tenant: string, taskId: string, triggers: Trigger[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const answer = (error?: Error): void => (error ? reject(error) : resolve());
      this.signals.push({ taskId, triggers, answer });
      this.arrived();
    });
  }

  async historySize(): Promise<number> {
    this.looks += 1;
    return this.historyBytes;
  }

  /** The signal of a number, as soon as it is under way. */
  async signal(number: number): Promise<{ triggers: Trigger[]; answer: (error?: Error) => void }> {
    while (this.signals.length <= number) {
      await new Promise<void>((resolve) => (this.arrived = resolve));
    }
    return this.signals[number]!;
  }
}

let count = 0;
function aCall(caller = 'a caller'): Trigger {
  count += 1;
  return {
    ...{ receipt: String(count).padStart(30, '0'), table: 'crm.main.one', caller },
    ...{ at: '2026-01-01T00:00:00.000Z', scheduleTime: null, key: null },
  };
}

function opened() {
  const gateway = new HeldGateway();
  const queue = new TriggerQueue(gateway);
  const send = (calls: Trigger[], taskId = 'a') =>
    calls.map((call) => queue.send('default', taskId, call));
  return { gateway, queue, send };
}
const many = (number: number, caller?: string) =>
  Array.from({ length: number }, () => aCall(caller));

it('sends a lone call at once', async () => {
  const { gateway, send } = opened();
  const call = aCall();
  const [sent] = send([call]);
  const signal = await gateway.signal(0);
  expect(signal.triggers).toEqual([call]);
  signal.answer();
  await sent;
});

it('answers a call only when Temporal has it', async () => {
  const { gateway, send } = opened();
  let isAnswered = false;
  const [sent] = send([aCall()]);
  const done = sent!.then(() => (isAnswered = true));
  const signal = await gateway.signal(0);
  expect(isAnswered).toBe(false);
  signal.answer();
  await done;
});

it('has one signal of a task under way; what comes meanwhile goes together, in order', async () => {
  const { gateway, send } = opened();
  const first = send([aCall()]);
  const signal = await gateway.signal(0);
  const calls = many(7);
  const rest = send(calls);
  expect(gateway.signals).toHaveLength(1);
  signal.answer();
  await Promise.all(first);
  const next = await gateway.signal(1);
  expect(next.triggers).toEqual(calls);
  next.answer();
  await Promise.all(rest);
  expect(gateway.signals).toHaveLength(2);
});

it('does not let one task wait for another', async () => {
  const { gateway, send } = opened();
  const sent = [...send([aCall()], 'a'), ...send([aCall()], 'b')];
  await gateway.signal(1);
  expect(gateway.signals.map(({ taskId }) => taskId)).toEqual(['a', 'b']);
  for (const { answer } of gateway.signals) answer();
  await Promise.all(sent);
});

it('puts at most 500 calls into one signal', async () => {
  const { gateway, send } = opened();
  const sent = send(many(1 + 1201));
  for (let number = 0; number < 4; number += 1) (await gateway.signal(number)).answer();
  await Promise.all(sent);
  expect(gateway.signals.map(({ triggers }) => triggers.length)).toEqual([1, 500, 500, 201]);
});

it('lets 10,000 calls wait, and refuses the next until some have gone', async () => {
  const { gateway, queue, send } = opened();
  const sent = send(many(1 + 10_000));
  let refusal: unknown;
  await Promise.resolve()
    .then(() => queue.send('default', 'a', aCall()))
    .catch((error: unknown) => (refusal = error));
  expect(refusal).toMatchObject({ code: 'tooManyTriggers', status: 429 });
  const others = send([aCall()], 'b');
  (await gateway.signal(0)).answer();
  await sent[0];
  await gateway.signal(2);
  sent.push(...send([aCall()]), ...others);
  for (let number = 1; gateway.signals.length < 23 || number < 23; number += 1) {
    (await gateway.signal(number)).answer();
  }
  await Promise.all(sent);
  const taken = gateway.signals.flatMap(({ triggers }) => triggers);
  expect(new Set(taken.map(({ receipt }) => receipt)).size).toBe(10_003);
});

it('refuses all that wait when a signal fails, and takes calls again after that', async () => {
  const { gateway, send } = opened();
  const failure = new TablegateError('temporalUnavailable', 'Temporal does not answer.');
  const first = send([aCall()]);
  const signal = await gateway.signal(0);
  const waiting = send(many(1100));
  signal.answer(failure);
  const results = await Promise.allSettled([...first, ...waiting]);
  expect(results).toHaveLength(1101);
  expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1101);
  expect(new Set(results.map((result) => (result as PromiseRejectedResult).reason))).toEqual(
    new Set([failure]),
  );
  expect(gateway.signals).toHaveLength(1);
  const [again] = send([aCall()]);
  (await gateway.signal(1)).answer();
  await again;
});

describe('a history that grows because no worker is up', () => {
  // One full signal of these is above the half megabyte after which the history is looked at.
  const large = 'x'.repeat(1000);

  it('is looked at only now and then', async () => {
    const { gateway, send } = opened();
    for (let number = 0; number < 20; number += 1) {
      const [sent] = send([aCall()]);
      (await gateway.signal(number)).answer();
      await sent;
    }
    expect(gateway.looks).toBe(0);
  });

  it('is full from 25 MiB on: calls get 503 and are not sent', async () => {
    const { gateway, send } = opened();
    gateway.historyBytes = 25 * 1024 * 1024 + 1;
    const first = send([aCall()]);
    const rest = send(many(500, large));
    (await gateway.signal(0)).answer();
    await Promise.all(first);
    const results = await Promise.allSettled(rest);
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'temporalUnavailable', status: 503 },
      });
    }
    expect(gateway.signals).toHaveLength(1);
    // It stays full until it has been seen to be smaller.
    const [stillFull] = send([aCall()]);
    await expect(stillFull).rejects.toMatchObject({ code: 'temporalUnavailable' });

    gateway.historyBytes = 1024;
    const [again] = send([aCall()]);
    (await gateway.signal(1)).answer();
    await again;
    const looks = gateway.looks;
    const [unlooked] = send([aCall()]);
    (await gateway.signal(2)).answer();
    await unlooked;
    expect(gateway.looks).toBe(looks);
  });

  it('takes calls while it is below that', async () => {
    const { gateway, send } = opened();
    gateway.historyBytes = 25 * 1024 * 1024;
    const sent = [...send([aCall()]), ...send(many(500, large))];
    (await gateway.signal(0)).answer();
    (await gateway.signal(1)).answer();
    await Promise.all(sent);
    expect(gateway.looks).toBe(1);
  });
});
