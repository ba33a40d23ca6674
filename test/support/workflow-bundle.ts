/** The workflows' code, bundled once for what the sources are now and kept beside the packages. */
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = path.resolve(__dirname, '../..');
const cacheDir = path.join(root, 'node_modules/.cache/tablegate');
/** Folders that workflows may import from. */
const folders = ['workflows', 'model', 'activities'];

/** @returns where the code is; bundling takes seconds, which every test with a worker would pay */
export async function workflowBundle(): Promise<{ codePath: string }> {
  const codePath = path.join(cacheDir, `workflows-${digestOfSources()}.js`);
  if (!existsSync(codePath)) {
    const workflowsPath = path.join(root, 'workflows/index.ts');
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
    mkdirSync(cacheDir, { recursive: true });
    // Two tests may bundle at the same time: whoever renames last has written the same.
    const draft = `${codePath}.${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
  }
  return { codePath };
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((file) => file.endsWith('.ts')).toSorted()) {
      hash.update(`${folder}/${name}\0`).update(readFileSync(path.join(root, folder, name)));
    }
  }
  return hash
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
}
