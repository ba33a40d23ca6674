/** No dead entries in the error catalogue: every code is used by the code that refuses. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCatalogue } from '../../model/errors';

const root = path.resolve(__dirname, '../..');
const folders = ['api', 'scheduling', 'workflows', 'activities', 'connectors', 'store', 'model'];

function sources(): string {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...folders];
  const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return files
    .filter((file) => file.endsWith('.ts') && file !== 'model/errors.ts')
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n')
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
}

test('every code of the catalogue is used by the code that refuses', () => {
  const text = sources();
  const unused = Object.keys(errorCatalogue).filter((code) => !text.includes(`'${code}'`));
  expect(unused).toEqual([]);
});
