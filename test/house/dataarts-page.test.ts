/** The page on DataArts says what the calls say of themselves. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { collectionCalls } from '../../api/vendors/dataarts/calls';
import { codesOfCall, codesOfTokens, ofOtherPaths } from '../../api/vendors/dataarts/refusals';
import { errorCatalogue } from '../../model/errors';

const page = readFileSync(path.join(__dirname, '../../docs/dataarts.md'), 'utf8');

test('the page lists each error_code with its status, and no other', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| \S/gm)];
  const listed = rows.map(([, code = '', status]) => `${code} ${status}`);
  const codes = new Set([
    ...collectionCalls.flatMap(codesOfCall),
    ...codesOfTokens,
    ...ofOtherPaths,
  ]);
  const known = [...codes].map((code) => `${code} ${errorCatalogue[code].status}`);
  expect(listed.toSorted()).toEqual(known.toSorted());
});

test('the page lists each call with the role that it needs', () => {
  const rows = [...page.matchAll(/^\| `([A-Z]+) (\/v3\/\{[^?`]+)[^`]*` \| `(\w+)` \|/gm)];
  const listed = rows.map(([, method = '', route, role]) => `${method} ${route} ${role}`);
  const known = collectionCalls.map(({ method, path: route, role }) => {
    return `${method.toUpperCase()} ${route} ${role}`;
  });
  expect(listed.toSorted()).toEqual(known.toSorted());
});
