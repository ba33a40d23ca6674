/** The workflows' code as workers take it, bundled once for as long as it does not change. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = path.resolve(__dirname, '..', '..', '..');
const limits = path.join(root, 'workflows', 'roll-over-limits.ts');

export interface BundleOptions {
  /** Rolls over every few dozen events, so that a test meets many roll-overs. */
  smallLimits?: boolean;
}

/** @returns path of the bundle, made where this content has none yet */
export async function workflowBundle({ smallLimits = false }: BundleOptions = {}): Promise<string> {
  const replacement = smallLimits ? path.join(__dirname, 'small-roll-over-limits.ts') : limits;
  const target = path.join(tmpdir(), `tablegate-workflows-${contentDigest(replacement)}.js`);
  if (existsSync(target)) return target;
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => {
      const alias = { ...(config.resolve?.alias as Record<string, string>), [limits]: replacement };
      return { ...config, resolve: { ...config.resolve, alias } };
    },
  });
  // Another test file may bundle the same at the same time: what is there is always whole.
  const draft = `${target}.${randomUUID()}`;
  writeFileSync(draft, code);
  renameSync(draft, target);
  return target;
}

function contentDigest(replacement: string): string {
  const hash = createHash('sha256').update(readFileSync(replacement));
  hash.update(readFileSync(require.resolve('@temporalio/workflow/package.json')));
  for (const dir of ['workflows', 'model', 'activities']) {
    const names = readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((file) => file.endsWith('.ts')).toSorted()) {
      hash.update(`${dir}/${name}`).update(readFileSync(path.join(root, dir, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
