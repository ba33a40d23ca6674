/** `tablegate task show`. */
import type { Command } from 'commander';
import type { TaskRead } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask, knownTasks, type KnownTask } from '../../client/tasks';
import { fields } from '../../show/table';
import { plain } from '../../show/width';
import { utcText, zonedText } from '../../show/words';

export function addShow(group: Command, done: Done): void {
  apiCommand(group, 'show <task>', {
    about: 'show a task with its gate and its latest run',
    examples: ['task show Unify', 'task show Unify --json'],
  }).action(onApi(done, show));
}

async function show(call: ApiCall, text: string): Promise<number> {
  const { api, options } = call;
  const task = await api.get<TaskRead>(`/tasks/${await findTask(api, text)}`);
  const upstream = await knownTasks(api, options.json ? [] : task.dependsOn);
  print(call, task, () => taskLines(task, upstream));
  return 0;
}

function taskLines(task: TaskRead, upstream: (id: string) => KnownTask): string[] {
  return [
    `${plain(task.name)} (${task.id})`,
    ...(task.stale ? ['  The workflow does not answer: this is the copy of the store.'] : []),
    ...fields(fieldsOf(task, upstream)),
    ...gateLines(task),
  ];
}

function fieldsOf(task: TaskRead, upstream: (id: string) => KnownTask) {
  const { latestRun, timezone, recurrence, job, dependsOn } = task;
  return [
    ['number', `${task.number} (${task.environment})`],
    ['description', task.description || undefined],
    ['owner', task.owner ?? undefined],
    ['kind', task.kind],
    ['paused', task.paused ? 'yes' : 'no'],
    [
      'tables',
      task.tables.map(({ name, by }) => (by === 'url' ? name : `${name} (by task)`)).join(', '),
    ],
    ['job', `${job.type} ${JSON.stringify(job.config)}`],
    ['recurrence', recurrence ? JSON.stringify(recurrence) : undefined],
    ['timezone', timezone],
    ['comes after', dependsOn.map((id) => upstream(id).name).join(', ') || undefined],
    ['latest run', latestRun ? `${latestRun.status} (${latestRun.id})` : null],
    ['why', latestRun?.failureReason ?? undefined],
    ['next run', zonedText(task.nextRunTime, timezone) ?? undefined],
    ['saved', `${utcText(task.updatedAt)}, version ${task.version}`],
  ] as const;
}

const shownGates = 10;

function gateLines({ gate, timezone }: TaskRead): string[] {
  if (gate === null) return [];
  const dated = gate.dated
    .slice(0, shownGates)
    .flatMap(({ scheduleTime, tables, upstream }) => [
      `Gate of ${zonedText(scheduleTime, timezone)}`,
      ...tables.map(tableLine),
      ...(upstream ? [`  upstream ${upstream.status}${reasonOf(upstream)}`] : []),
    ]);
  const rest = gate.dated.length - shownGates;
  return [
    ...(gate.tables.length > 0 ? ['Gate', ...gate.tables.map(tableLine)] : []),
    ...dated,
    ...(rest > 0 ? [`and ${rest} more gates`] : []),
  ];
}

type GateTable = NonNullable<TaskRead['gate']>['tables'][number];

function tableLine({ table, status, at, caller }: GateTable): string {
  const isMarked = status === 'Triggered';
  const by = caller === null ? '' : ` by ${plain(caller)}`;
  return `  [${isMarked ? 'x' : ' '}] ${plain(table)}${isMarked && at ? `  ${utcText(at)}${by}` : ''}`;
}

function reasonOf({ reason }: { reason: string | null }): string {
  return reason === null ? '' : `: ${plain(reason)}`;
}
