/** A change of one task as the vendor's clients send it. */
import { z } from 'zod';
import { noControlCharacters } from '../../../model/fields';
import type { TaskChange } from '../../../model/task-change';
import { environment, int64, integer, oneOf, text } from './fields';

const shortText = (most: number) =>
  text(most).regex(noControlCharacters, 'no control characters are allowed');

/** Longest time limit of a try, in seconds: what a timer holds. */
const longestTimeout = 2_147_483;

const time = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    'it must be written yyyy-mm-dd hh:mm:ss, as in 2026-01-20 00:00:00',
  )
  .optional();

/** The rest says nothing of a manual task, whatever it is. */
function typeAlone(trigger: unknown): unknown {
  const Type = (trigger as { Type?: unknown } | null | undefined)?.Type;
  return Type === 'Manual' ? { Type } : trigger;
}

export const changeFields = {
  EnvType: environment.optional().meta({
    description: 'Of twins, which have one number: that of production where nothing is said',
  }),
  Name: shortText(255).optional(),
  Description: text(4000).optional(),
  Owner: shortText(255).optional().meta({ description: 'Account id of the owner' }),
  Timeout: integer(3600, longestTimeout).optional().meta({ description: 'Seconds' }),
  RerunMode: oneOf(['AllDenied', 'FailureAllowed', 'AllAllowed']),
  RerunTimes: integer(0, 100).optional(),
  RerunInterval: integer(0, 86_400).optional().meta({ description: 'Seconds' }),
  Trigger: z
    .preprocess(
      typeAlone,
      z.object({
        Type: oneOf(['Scheduler', 'Manual']),
        Recurrence: oneOf(['Pause', 'Skip', 'Normal']),
        Cron: text(500).min(1, 'it must not be empty').optional(),
        StartTime: time,
        EndTime: time,
      }),
    )
    .optional()
    .meta({ description: 'All but `Type` is heeded for `Scheduler` alone' }),
  RuntimeResource: z
    .object({
      ResourceGroupId: shortText(255).optional().meta({
        description: 'Name of a resource group; empty: the workers of the installation',
      }),
      Image: shortText(255).optional(),
      Cu: shortText(32).optional(),
    })
    .optional(),
  DataSource: z.object({ Name: shortText(255).optional() }).optional(),
  Tags: z
    .array(
      z.object({
        Key: shortText(128).min(1, 'a key is needed'),
        Value: shortText(256).optional(),
      }),
    )
    .max(50, 'at most 50 tags are allowed')
    .optional()
    .meta({ description: 'An empty list leaves the tags alone' }),
};

export const entrySchema = z.object({ Id: int64, ...changeFields });
export type Entry = z.output<typeof entrySchema>;

const kinds = { Scheduler: 'recurring', Manual: 'manual' } as const;
const modes = { Pause: 'pause', Skip: 'skip', Normal: 'normal' } as const;

/** In our words; what was not sent is not there. */
export function changeOf(sent: Omit<Entry, 'Id' | 'EnvType'>): TaskChange {
  const { Trigger: trigger = {}, RuntimeResource: resource, DataSource: source, Tags: tags } = sent;
  const runPolicy = sentOnly({
    timeout: sent.Timeout,
    rerunMode: sent.RerunMode,
    rerunTimes: sent.RerunTimes,
    rerunInterval: sent.RerunInterval,
  });
  const runtimeResource = sentOnly({
    resourceGroup: emptyIsNull(resource?.ResourceGroupId),
    image: emptyIsNull(resource?.Image),
    cu: emptyIsNull(resource?.Cu),
  });
  return {
    fields: sentOnly({
      name: sent.Name,
      description: sent.Description,
      owner: emptyIsNull(sent.Owner),
      tags: tags && tags.length > 0 ? tags.map(tagOf) : undefined,
      runPolicy: isEmpty(runPolicy) ? undefined : runPolicy,
      runtimeResource: isEmpty(runtimeResource) ? undefined : runtimeResource,
      dataSource: emptyIsNull(source?.Name),
    }),
    trigger: sentOnly({
      kind: trigger.Type && kinds[trigger.Type],
      mode: trigger.Recurrence && modes[trigger.Recurrence],
      cron: trigger.Cron,
      startTime: trigger.StartTime,
      endTime: trigger.EndTime,
    }),
  };
}

function tagOf({ Key: key, Value: value }: { Key: string; Value?: string | undefined }) {
  return value === undefined ? { key } : { key, value };
}

/** An empty text takes away what is kept. */
function emptyIsNull(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}

function sentOnly<T extends object>(value: T): T {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields) as T;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
