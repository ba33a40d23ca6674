/** The audit page offers every kind of action that is written, and none that finds nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kinds } from '../../console/pages/audit/kinds';

const folder = path.resolve(__dirname, '../../scheduling');

/** First parts of the actions that these lines write. */
function written(text: string): string[] {
  const lines = text
    .split('\n')
    .filter((line) => /\b(?:note|audit|noteAction|action)\b/.test(line));
  return lines.flatMap((line) =>
    [...line.matchAll(/['`]([a-zA-Z]+)\.(?:[a-zA-Z]+|\$\{\w+\})['`]/g)].map(([, kind]) => kind!),
  );
}

test('each kind of action can be looked for', () => {
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.flatMap((file) => written(readFileSync(path.join(folder, file), 'utf8')));
  expect([...new Set(found)].toSorted()).toEqual(kinds.toSorted());
});
