import { untilAnswering } from '../../cli/launcher/own-services';

const options = (waitMs: number, lines: string[] = []) => ({
  ...{ name: 'Temporal at 127.0.0.1:9', setting: 'TEMPORAL_ADDRESS', waitMs },
  signal: new AbortController().signal,
  log: (line: string) => void lines.push(line),
});

test('a service that is on its way up is waited for, and that is said once', async () => {
  const lines: string[] = [];
  let tries = 0;
  const ask = () => {
    tries += 1;
    return tries < 3 ? Promise.reject(new Error('connection refused')) : Promise.resolve('it');
  };
  await untilAnswering(ask, options(60_000, lines));
  expect(tries).toBe(3);
  expect(lines).toEqual(['Temporal at 127.0.0.1:9: no answer yet (connection refused); waiting']);
});

test('one that does not answer ends the start, with the setting to correct', async () => {
  const ask = () => Promise.reject(new Error('connection refused'));
  await expect(untilAnswering(ask, options(0))).rejects.toThrow(
    /Temporal at 127.0.0.1:9 does not answer: connection refused.*correct TEMPORAL_ADDRESS/,
  );
});

test('a start that is told to stop does not wait any longer', async () => {
  const stop = new AbortController();
  const ask = () => {
    stop.abort();
    return Promise.reject(new Error('connection refused'));
  };
  await expect(untilAnswering(ask, { ...options(60_000), signal: stop.signal })).rejects.toThrow(
    /abort/i,
  );
});
