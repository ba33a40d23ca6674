/** How much a browser loads before the console can be used. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
}

const folder = path.resolve(__dirname, '../../dist/console');

/** The entry with everything that it loads at once. */
function firstLoad(manifest: Record<string, Chunk>): Set<string> {
  const files = new Set(['index.html']);
  const walk = (name: string): void => {
    const { file, css = [], imports = [] } = manifest[name] as Chunk;
    if (files.has(file)) return;
    for (const one of [file, ...css]) files.add(one);
    imports.forEach(walk);
  };
  walk('index.html');
  return files;
}

test('the first load is below 450 KB, packed, and pages are loaded when they are opened', () => {
  const listed = path.join(folder, 'manifest.json');
  if (!existsSync(listed)) throw new Error('dist/console is missing: run `npm run build`');
  const manifest = JSON.parse(readFileSync(listed, 'utf8')) as Record<string, Chunk>;
  const files = firstLoad(manifest);
  const sizes = [...files].map((file) => gzipSync(readFileSync(path.join(folder, file))).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(450_000);
  const pages = Object.keys(manifest).filter((name) => name.startsWith('pages/'));
  expect(pages.length).toBeGreaterThan(15);
  for (const name of pages) expect(files).not.toContain(manifest[name]?.file);
});

test('DP-22: the code editor is loaded with the page of a script, and with no other', () => {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const chunks = Object.entries(manifest).filter(([, { file }]) => file.endsWith('.js'));
  const withEditor = chunks
    .filter(([, { file }]) => readFileSync(path.join(folder, file), 'utf8').includes('cm-content'))
    .map(([name]) => name);
  expect(withEditor).toEqual(['pages/scripts/script/page.tsx']);
});
