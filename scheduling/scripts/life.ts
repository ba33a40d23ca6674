import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { Project } from '../../model/project';
import type { ScriptAnalysis, ScriptCheck, ScriptView } from '../../model/script-object';
import type { ScriptVersion } from '../../model/script-version';
import type { StoredScript } from '../../store/store';
import { noteAction } from '../audit';
import type { SchedulingDeps } from '../deps';
import type { TaskRead } from '../scheduling';
import { scriptNotFound, type ScriptAccess } from './access';
import { analyse, notLooked, type Findings } from './checks';
import { dependenciesOf } from './dependencies';
import type { ScriptDrafts } from './drafts';
import type { Twins } from './twins';
import { noteWhatRuns } from './what-runs';
import { refuseStaleScript } from './stale';
import { asOf, requireVersion, tablesOf } from './versions';
import { viewOf } from './views';

export interface Submission extends ScriptAnalysis {
  script: ScriptView;
  version: number;
}

/** The way of a script from its draft into production, and back. */
export class ScriptLife {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly access: ScriptAccess,
    private readonly drafts: ScriptDrafts,
    private readonly twins: Twins,
  ) {}

  /** What a submission would find. */
  async check(caller: Caller, id: string): Promise<ScriptAnalysis> {
    const { script } = await this.access.find(caller, id);
    const { checks, lineage } = await analyse(this.deps, caller, script);
    return { checks, lineage };
  }

  async submit(
    caller: Caller,
    id: string,
    { remarks }: { remarks: string },
    ifVersion: number | null,
  ): Promise<Submission> {
    const { script, project } = await this.access.find(caller, id);
    refuseStaleScript(script, ifVersion);
    const findings = await analyse(this.deps, caller, script);
    refuseFailures(script, findings.checks);
    const version = await this.keep(caller, script, findings, remarks);
    const detail = { version: version.version, remarks };
    await this.note(caller, 'script.submit', id, detail);
    const task = await this.bringOn(caller, project, script, version);
    const { checks, lineage } = findings;
    const view = await this.view(caller, id, task);
    return { script: view, version: version.version, checks, lineage };
  }

  /** A draft that is what was submitted last, by the same author with the same remarks, is no new one. */
  private async keep(
    { tenant, userId, name }: Caller,
    script: StoredScript,
    { checks, lineage }: Findings,
    remarks: string,
  ): Promise<ScriptVersion> {
    const { scripts } = this.deps.store;
    const { id: scriptId, text, config, draftDigest } = script;
    const version = await scripts.addVersion(tenant, {
      ...{ scriptId, text, config, remarks, author: userId, authorName: name },
      analysis: { checks, lineage },
    });
    await scripts.noteSubmitted(tenant, scriptId, {
      version: version.version,
      digest: draftDigest,
    });
    return version;
  }

  /** @param asked null: the version that was submitted last */
  async publish(caller: Caller, id: string, asked: number | null): Promise<ScriptView> {
    const { script } = await this.access.find(caller, id);
    const number = asked ?? script.submittedVersion;
    if (number === null) throw notSubmitted(`The script "${script.name}" has not been submitted.`);
    const version = await requireVersion(this.deps, caller, script, number);
    return this.view(caller, id, await this.bringIntoProduction(caller, script, version));
  }

  /** @param detach tasks that come after it no longer do */
  async unpublish(caller: Caller, id: string, detach: boolean): Promise<ScriptView> {
    const { script } = await this.access.find(caller, id);
    if (script.publishedVersion === null) {
      throw notSubmitted(`The script "${script.name}" is not in production.`);
    }
    await this.twins.remove(caller, script, 'Prod', detach);
    await this.note(caller, 'script.unpublish', id, { version: script.publishedVersion });
    return this.view(caller, id);
  }

  /** The draft becomes what a version was; `submit` goes on from there. */
  async rollBack(
    caller: Caller,
    id: string,
    ask: { version: number; submit: boolean; remarks: string },
  ): Promise<ScriptView> {
    const { script } = await this.access.find(caller, id);
    const { text, config } = await requireVersion(this.deps, caller, script, ask.version);
    const draft = { text, config: config ?? script.config };
    const { revision } = await this.drafts.save(caller, script, draft, null);
    await this.note(caller, 'script.rollBack', id, { version: ask.version });
    if (!ask.submit) return this.view(caller, id);
    const remarks = ask.remarks === '' ? `Back to version ${ask.version}` : ask.remarks;
    return (await this.submit(caller, id, { remarks }, Number(revision))).script;
  }

  async remove(caller: Caller, id: string, ifVersion: number | null): Promise<void> {
    const { script } = await this.access.find(caller, id);
    refuseStaleScript(script, ifVersion);
    if (script.publishedVersion !== null) {
      throw new TablegateError(
        'scriptInUse',
        `The script "${script.name}" is in production; unpublish it first.`,
      );
    }
    await this.twins.remove(caller, script, 'Dev', true);
    await this.twins.remove(caller, script, 'Prod', true);
    if (!(await this.deps.store.scripts.remove(caller.tenant, id))) throw scriptNotFound(id);
    await this.note(caller, 'script.remove', id, { name: script.name });
  }

  /** @returns the task of production, where there is one from now on, or it was changed */
  private async bringOn(
    caller: Caller,
    { mode }: Project,
    script: StoredScript,
    version: ScriptVersion,
  ): Promise<TaskRead | undefined> {
    if (mode === 'Basic') return this.bringIntoProduction(caller, script, version);
    if (script.environment === 'Dev') await this.bringIntoDevelopment(caller, script, version);
    return undefined;
  }

  private async bringIntoDevelopment(
    caller: Caller,
    script: StoredScript,
    version: ScriptVersion,
  ): Promise<void> {
    // It names no tables, so that nothing which happens to them starts it: no trigger of a table and
    // no backfill of what comes before.
    const lineage = { reads: [], writes: [] };
    await this.twins.put(caller, asOf(script, version), 'Dev', {
      ...{ version: version.version, lineage, dependsOn: [] },
    });
  }

  private async bringIntoProduction(
    caller: Caller,
    script: StoredScript,
    version: ScriptVersion,
  ): Promise<TaskRead> {
    const { scripts } = this.deps.store;
    const { tenant } = caller;
    const published = asOf(script, version);
    const dependsOn = await this.upstreamOf(caller, published);
    const before =
      script.publishedVersion === null
        ? null
        : await scripts.version(tenant, script.id, script.publishedVersion);
    const task = await this.twins.put(caller, published, 'Prod', {
      ...{ version: version.version, lineage: tablesOf(version), dependsOn },
    });
    await this.pauseAsSet(caller, task.id, before, published);
    await noteWhatRuns(
      version.version,
      (number) => scripts.notePublished(tenant, script.id, number),
      () => this.twins.versionOf(caller, task.id),
    );
    await this.note(caller, 'script.publish', script.id, { version: version.version });
    return task;
  }

  /** What people have done to the task since stays, unless the setting itself was changed. */
  private async pauseAsSet(
    caller: Caller,
    taskId: string,
    before: ScriptVersion | null,
    { config }: StoredScript,
  ): Promise<void> {
    const { paused } = config.scheduleConfiguration;
    const was = before?.config?.scheduleConfiguration.paused ?? paused;
    if (paused !== was) await this.twins.setPaused(caller, taskId, paused);
  }

  private async upstreamOf({ tenant }: Caller, script: StoredScript): Promise<string[]> {
    const found = await dependenciesOf(this.deps, tenant, script.config);
    const gone = found.filter(({ taskId }) => taskId === null);
    if (gone.length === 0) return found.flatMap(({ taskId }) => taskId ?? []);
    const messages = gone.map(({ id, name }) => `${name ?? id} is not in production`);
    throw checksFailed(script, [{ name: 'dependencies', status: 'failure', messages }]);
  }

  /** @param task that of production, where it has just been changed */
  private async view(caller: Caller, id: string, task?: TaskRead): Promise<ScriptView> {
    const script = await this.deps.store.scripts.find(caller.tenant, id);
    if (!script) throw scriptNotFound(id);
    return viewOf(this.deps, caller.tenant, script, task);
  }

  private note(
    caller: Caller,
    action: string,
    id: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return noteAction(this.deps.store, caller, action, `script/${id}`, detail);
  }
}

function refuseFailures(script: StoredScript, checks: readonly ScriptCheck[]): void {
  const failed = checks.filter(
    ({ status, messages }) => status === 'failure' && !messages.includes(notLooked),
  );
  if (failed.length > 0) throw checksFailed(script, failed);
}

function checksFailed(script: StoredScript, failed: readonly ScriptCheck[]): TablegateError {
  const fields = failed.flatMap(({ name, messages }) =>
    messages.map((message) => ({ path: name, message })),
  );
  const names = failed.map(({ name }) => name).join(', ');
  return new TablegateError(
    'scriptChecksFailed',
    `The script "${script.name}" was not submitted, as it did not pass: ${names}. ` +
      `${fields[0]?.message ?? ''}`,
    { fields },
  );
}

function notSubmitted(message: string): TablegateError {
  return new TablegateError('scriptNotSubmitted', message);
}
