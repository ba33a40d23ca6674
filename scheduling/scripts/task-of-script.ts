import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import { syncScriptType } from '../../model/sync-script-config';
import type { TaskView } from '../../model/task';
import type { SchedulingDeps } from '../deps';
import type { ProjectService } from '../scheduling';

type Job = Pick<TaskView, 'id' | 'job'>;

/** The script object that a task was made of; null of a plain task, whose script goes by its own id. */
export function scriptIdOf({ id, job }: Job): string | null {
  if (job.type !== syncScriptType) return null;
  const { scriptId } = job.config;
  return typeof scriptId === 'string' && scriptId !== id ? scriptId : null;
}

/** @throws TablegateError taskOfScript for what is done to the script instead */
export function refuseTaskOfScript(task: Job): void {
  const scriptId = scriptIdOf(task);
  if (scriptId === null) return;
  throw new TablegateError(
    'taskOfScript',
    `The task belongs to the script ${scriptId}; change, submit, unpublish or remove that.`,
  );
}

/** Who may change the tasks of a script: whoever may change the script. */
export class TasksOfScripts {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'store'>,
    private readonly projects: Pick<ProjectService, 'get'>,
  ) {}

  /** @throws TablegateError projectClosed where one of them is of a script that is closed to the caller */
  async requireOpen(caller: Caller, tasks: readonly Job[]): Promise<void> {
    for (const refusal of (await this.closed(caller, tasks)).values()) throw refusal;
  }

  /** Why the caller may not change some of these tasks, by their ids. */
  async closed(caller: Caller, tasks: readonly Job[]): Promise<Map<string, TablegateError>> {
    const scriptOf = new Map(tasks.flatMap((task) => pairOf(task.id, scriptIdOf(task))));
    const ids = [...new Set(scriptOf.values())];
    const projectOf = await this.deps.store.scripts.projectsOf(caller.tenant, ids);
    const refusals = new Map<string, TablegateError>();
    for (const project of new Set(projectOf.values())) {
      const refusal = await this.refusalOf(caller, project);
      if (refusal) refusals.set(project, refusal);
    }
    return new Map(
      [...scriptOf].flatMap(([taskId, scriptId]) =>
        pairOf(taskId, refusals.get(projectOf.get(scriptId) ?? '') ?? null),
      ),
    );
  }

  private async refusalOf(caller: Caller, project: string): Promise<TablegateError | null> {
    try {
      await this.projects.get(caller, project);
      return null;
    } catch (error) {
      if (error instanceof TablegateError && error.code === 'projectClosed') return error;
      throw error;
    }
  }
}

function pairOf<Value>(key: string, value: Value | null): [string, Value][] {
  return value === null ? [] : [[key, value]];
}
