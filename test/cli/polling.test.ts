import { ApiError, NoAnswerError } from '../../cli/api-client';
import { poll, type PollOptions } from '../../cli/client/poll';

const away = () => new NoAnswerError('does not answer', false);

/** Answers one after another; what is thrown is thrown. */
function asked(answers: (number | Error)[], options: Partial<PollOptions<number>> = {}) {
  const seen: (number | 'away')[] = [];
  const ended = poll<number>({
    ask: () => {
      const next = answers.length > 1 ? answers.shift() : answers[0];
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? 0);
    },
    isDone: (answer) => answer === 3,
    onAnswer: (answer) => seen.push(answer),
    onAway: () => seen.push('away'),
    signal: new AbortController().signal,
    ...options,
  });
  return { ended, seen };
}

test('asks until the last answer, and tells every one', async () => {
  const { ended, seen } = asked([1, 2, 3]);
  expect(await ended).toBe(3);
  expect(seen).toEqual([1, 2, 3]);
});

test('goes on over a server that is away, or that says so', async () => {
  const { ended, seen } = asked([1, away(), new ApiError(503, 'notReady', 'starting'), 3]);
  await ended;
  expect(seen).toEqual([1, 'away', 'away', 3]);
});

test('gives up on a server that stays away', async () => {
  const { ended, seen } = asked([away()], { awayLimitMs: 0 });
  await expect(ended).rejects.toThrow('does not answer');
  expect(seen).toEqual([]);
});

test('gives up at once on a refusal', async () => {
  const { ended } = asked([1, new ApiError(401, 'notAuthenticated', 'no such key')]);
  await expect(ended).rejects.toThrow('no such key');
});

test('ends when it is told to', async () => {
  const told = new AbortController();
  const { ended } = asked([1], { signal: told.signal, onAnswer: () => told.abort() });
  await expect(ended).rejects.toThrow(/abort/i);
});
