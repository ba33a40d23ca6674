import { JobError } from '../model/job-type';
import type { ScriptParameter } from '../model/script-version';
import type { Store } from '../store/store';

/** @throws JobError where there is no such version */
export async function scriptText(
  store: Pick<Store, 'scripts'>,
  tenant: string,
  scriptId: string,
  version: number,
): Promise<{ text: string; author: string; parameters: ScriptParameter[] }> {
  const found = await store.scripts.version(tenant, scriptId, version);
  if (!found) throw new JobError(`There is no version ${version} of the script ${scriptId}.`);
  const { text, author, config } = found;
  return { text, author, parameters: config?.scheduleParameters ?? [] };
}
