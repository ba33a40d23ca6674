import { TablegateError } from '../../model/errors';
import { diffLines, hunksOf, linesOf, unifiedDiff, type DiffHunk } from '../../model/line-diff';
import type { AuditEntry, Caller } from '../../model/people';
import type { ScriptConfig, VersionRow, VersionView } from '../../model/script-object';
import type { ScriptVersion } from '../../model/script-version';
import type { StoredScript } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import type { Page, PageRequest } from '../scheduling';
import type { ScriptAccess } from './access';

/** A version, or the draft as it is now. */
export type DiffSide = number | 'draft';

export interface ScriptDiff {
  from: DiffSide;
  to: DiffSide;
  hunks: DiffHunk[];
  /** The same as `diff -u` writes it. */
  unified: string;
  /** Settings that differ, as JSON where they are no texts. */
  settings: { path: string; from: unknown; to: unknown }[];
}

/** What has been submitted of a script. */
export class ScriptVersions {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store'>,
    private readonly access: ScriptAccess,
  ) {}

  async list(caller: Caller, id: string, page: PageRequest): Promise<Page<VersionRow>> {
    const { script } = await this.access.find(caller, id);
    const { items, nextPageToken } = await this.deps.store.scripts.versions(
      caller.tenant,
      id,
      page,
    );
    return { items: items.map((version) => rowOf(script, version)), nextPageToken };
  }

  async get(caller: Caller, id: string, number: number): Promise<VersionView> {
    const { script } = await this.access.find(caller, id);
    const version = await requireVersion(this.deps, caller, script, number);
    const { text, config, analysis } = version;
    return { ...rowOf(script, version), text, config: config ?? script.config, ...analysis };
  }

  async diff(
    caller: Caller,
    id: string,
    { from, to }: { from: DiffSide; to: DiffSide },
  ): Promise<ScriptDiff> {
    const { script } = await this.access.find(caller, id);
    const [one, other] = await Promise.all([
      this.side(caller, script, from),
      this.side(caller, script, to),
    ]);
    const hunks = hunksOf(diffLines(linesOf(one.text), linesOf(other.text)));
    const names = { from: nameOf(from), to: nameOf(to) };
    return {
      ...{ from, to, hunks, unified: unifiedDiff(hunks, names) },
      settings: changedSettings(one.config, other.config),
    };
  }

  /** Who did what to a script, newest first. */
  async history(caller: Caller, id: string, page: PageRequest): Promise<Page<AuditEntry>> {
    await this.access.find(caller, id);
    return this.deps.store.audit.list(caller.tenant, { target: `script/${id}` }, page);
  }

  private async side(
    caller: Caller,
    script: StoredScript,
    side: DiffSide,
  ): Promise<{ text: string; config: ScriptConfig }> {
    if (side === 'draft') return script;
    const { text, config } = await requireVersion(this.deps, caller, script, side);
    return { text, config: config ?? script.config };
  }
}

/** @throws TablegateError scriptVersionNotFound */
export async function requireVersion(
  { store }: Pick<SchedulingDeps, 'store'>,
  { tenant }: Caller,
  { id, name }: StoredScript,
  number: number,
): Promise<ScriptVersion> {
  const version = await store.scripts.version(tenant, id, number);
  if (version) return version;
  throw new TablegateError(
    'scriptVersionNotFound',
    `The script "${name}" has no version ${number}.`,
  );
}

/** The script as it was in a version; its name is the one of now. */
export function asOf(script: StoredScript, { text, config }: ScriptVersion): StoredScript {
  return { ...script, text, config: config ?? script.config };
}

export function tablesOf({ analysis: { lineage } }: ScriptVersion): {
  reads: string[];
  writes: string[];
} {
  const names = (tables: { table: string }[]) => tables.map(({ table }) => table);
  return { reads: names(lineage.reads), writes: names(lineage.writes) };
}

function rowOf(
  { submittedVersion, publishedVersion }: StoredScript,
  row: Omit<ScriptVersion, 'text' | 'config' | 'analysis'>,
): VersionRow {
  const { version, remarks, author, authorName, createdAt } = row;
  return {
    ...{ version, remarks, author, authorName, createdAt },
    submitted: version === submittedVersion,
    published: version === publishedVersion,
  };
}

function nameOf(side: DiffSide): string {
  return side === 'draft' ? 'draft' : `version ${side}`;
}

function changedSettings(from: ScriptConfig, to: ScriptConfig): ScriptDiff['settings'] {
  const [one, other] = [leavesOf(from), leavesOf(to)];
  const paths = [...new Set([...one.keys(), ...other.keys()])];
  return paths
    .filter((path) => JSON.stringify(one.get(path)) !== JSON.stringify(other.get(path)))
    .map((path) => ({ path, from: one.get(path) ?? null, to: other.get(path) ?? null }));
}

/** Values by their paths; lists and recurrences are one value each. */
function leavesOf(config: ScriptConfig): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [part, value] of Object.entries(config)) {
    if (Array.isArray(value)) leaves.set(part, value);
    else for (const [name, leaf] of Object.entries(value)) leaves.set(`${part}.${name}`, leaf);
  }
  return leaves;
}
