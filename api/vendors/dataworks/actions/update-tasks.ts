/** `BatchUpdateTasks`, and `UpdateTask` for one task. */
import { z } from 'zod';
import { TablegateError } from '../../../../model/errors';
import { parseInput } from '../../../../model/field-errors';
import type { BatchEntry } from '../../../../scheduling/scheduling';
import { action } from '../action';
import { int64, list, structure, text } from '../fields';
import { isNothing, messageOf, notHeld } from '../refusals';
import { changeFields, changeOf, entrySchema } from '../task-entry';

/** Most tasks of one call: it is to be answered before the vendor's clients give up. */
const mostTasks = 1_000;
const longestComment = 1_000;

const comment = text(longestComment)
  .optional()
  .meta({ description: 'Kept in the audit of every task that the call changed' });

/** The rest of an entry is that entry's own matter. */
const identified = z.looseObject({ Id: int64 });

export const batchUpdateTasks = action({
  name: 'BatchUpdateTasks',
  method: 'POST',
  role: 'developer',
  summary: 'Change some fields of many tasks',
  input: z.object({
    Tasks: list(
      z.array(identified, 'it must be a list').max(mostTasks, `at most ${mostTasks} are allowed`),
    ).meta({ type: 'array', items: { type: 'object' }, description: 'Each is changed by itself' }),
    Comment: comment,
  }),
  example: {
    Tasks: JSON.stringify([
      { Id: 1, EnvType: 'Prod', Trigger: { Type: 'Scheduler', Cron: '00 00 00 * * ?' } },
    ]),
    Comment: 'nightly from now on',
  },
  async run({ scheduling, caller, input }) {
    const entries = input.Tasks.map(readEntry);
    const good = entries.flatMap(({ entry }) => entry ?? []);
    const results = await scheduling.taskBatches.update(caller, good, input.Comment ?? null);
    const errorOf = new Map(good.map((entry, place) => [entry, results[place]!.error]));
    const ends = entries.map(({ id, environment, entry, fault }) => {
      const error = entry ? errorOf.get(entry)! : null;
      return { id, environment, fault: error ? messageOf(error) : fault };
    });
    return { SuccessInfo: successInfo(ends) };
  },
});

interface ReadEntry {
  id: string;
  /** As it was sent. */
  environment: string | null;
  /** Null: it cannot be read. */
  entry: BatchEntry | null;
  fault: string | null;
}

function readEntry(sent: z.output<typeof identified>): ReadEntry {
  const { Id: id, EnvType } = sent;
  const environment = typeof EnvType === 'string' ? EnvType : null;
  try {
    const read = parseInput(entrySchema, sent, 'task');
    const change = changeOf(read);
    const entry = { number: id, environment: read.EnvType ?? null, change };
    return { id, environment, entry, fault: null };
  } catch (error) {
    if (!(error instanceof TablegateError)) throw error;
    return { id, environment, entry: null, fault: messageOf(error) };
  }
}

interface End {
  id: string;
  environment: string | null;
  fault: string | null;
}

/** One result for each id: where it was sent more than once, a fault says for which. */
function successInfo(ends: readonly End[]): Record<string, { Success: boolean; Message: string }> {
  const byId = new Map<string, End[]>();
  for (const end of ends) byId.set(end.id, [...(byId.get(end.id) ?? []), end]);
  return Object.fromEntries(
    [...byId].map(([id, same]) => {
      const faults = same.flatMap((end, place) => faultOf(end, place, same.length));
      return [id, { Success: faults.length === 0, Message: faults.join(' ') }];
    }),
  );
}

function faultOf({ environment, fault }: End, place: number, count: number): string[] {
  if (fault === null) return [];
  if (count === 1) return [fault];
  const named = environment === null ? '' : ` (${environment})`;
  return [`Change ${place + 1} of ${count}${named}: ${fault}${fault.endsWith('.') ? '' : '.'}`];
}

const structured = {
  ...changeFields,
  Trigger: structure(changeFields.Trigger),
  RuntimeResource: structure(changeFields.RuntimeResource),
  DataSource: structure(changeFields.DataSource),
  Tags: structure(changeFields.Tags),
};

/** Parts of a task that have no place here: who sends them is told, as they would be lost. */
const notKnown = ['Dependencies', 'Inputs', 'Outputs', 'Script', 'InstanceMode'] as const;
const nowhere = Object.fromEntries(
  notKnown.map((name) => [name, z.unknown().optional()]),
) as Record<(typeof notKnown)[number], z.ZodOptional<z.ZodUnknown>>;

export const updateTask = action({
  name: 'UpdateTask',
  method: 'POST',
  role: 'developer',
  summary: 'Change some fields of a task',
  input: z.object({ Id: int64, ...structured, ...nowhere }),
  example: { Id: '1', Description: 'of the nightly round' },
  async run({ scheduling, caller, input }) {
    const { Id: number, EnvType = null, ...sent } = input;
    for (const name of notKnown) {
      if (!isNothing(sent[name])) throw notHeld(name, 'it is not known here');
    }
    const entry = { number, environment: EnvType, change: changeOf(sent) };
    const [result] = await scheduling.taskBatches.update(caller, [entry], null);
    if (result!.error) throw result!.error;
    return { Success: true };
  },
});
