/** Scheduling tasks: what a caller sends, what a task is, and what is shown of it. */
import { z } from 'zod';
import { idSchema, nameSchema, noControlCharacters } from './fields';
import { notificationsSchema, type Notifications } from './notice';
import { recurrenceSchema, type Recurrence } from './recurrence';
import { syncScriptType } from './sync-script-config';
import { resourceGroupNameSchema, type RuntimeResource } from './resource-group';
import { parseTableName } from './table-name';
import { isTimezone } from './timezone';
import { endedStatuses, runStarters } from './run-status';

export * from './definition';

export const taskKinds = ['manual', 'recurring', 'triggered'] as const;
export type TaskKind = (typeof taskKinds)[number];

/**
 * Bounds of one task. With them the state handed on at a roll-over keeps within its 256 KB, whatever
 * the task holds; sizes are in bytes of UTF-8.
 */
export const maxTables = 500;
const maxBytesOfTableNames = 25_000;
const maxBytesOfTags = 16_000;
export const maxBytesOfConfig = 16_000;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

export const tableNameSchema = z
  .string()
  .refine((text) => parseTableName(text) !== null, {
    message: 'a table is named connection.schema.table, with at most 255 characters',
  })
  .meta({
    maxLength: 255,
    pattern: String.raw`^[A-Za-z0-9_-]{1,63}\.[^.\u0000-\u001f\u007f-\u009f]+\.[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f]$`,
    examples: ['crm.main.customers'],
  });

const tableListingSchema = z.strictObject({
  name: tableNameSchema,
  by: z.enum(['url', 'task']).default('url').meta({
    description:
      'Who marks it: calls of its trigger URL, or the tasks that write it, each time they succeed',
  }),
});

const tablesSchema = z
  .array(
    z.union([
      tableNameSchema.transform((name) => ({ name, by: 'url' as const })),
      tableListingSchema,
    ]),
  )
  .max(maxTables, `at most ${maxTables} tables are allowed in one task`)
  .refine((tables) => bytesOf(tables.map(({ name }) => name).join('')) <= maxBytesOfTableNames, {
    message: `the names of all tables together may have at most ${maxBytesOfTableNames} bytes`,
  })
  .superRefine((tables, context) => {
    const seen = new Set<string>();
    tables.forEach((table, index) => {
      if (seen.has(table.name)) {
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `the table ${table.name} is listed twice; each table may be in a task once`,
        });
      }
      seen.add(table.name);
    });
  });

const tagSchema = z.strictObject({
  key: z.string().min(1).max(128),
  value: z.string().max(256).optional(),
});

const tagsSchema = z
  .array(tagSchema)
  .max(50)
  .refine((tags) => bytesOf(JSON.stringify(tags)) <= maxBytesOfTags, {
    message: `all tags together may have at most ${maxBytesOfTags} bytes`,
  });

const jobSchema = z
  .strictObject({
    type: z.string().min(1).max(100),
    config: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine(({ type, config }, context) => {
    // The text of a sync script is stored apart, and has a bound of its own.
    const kept = type === syncScriptType ? { ...config, script: undefined } : config;
    if (bytesOf(JSON.stringify(kept)) <= maxBytesOfConfig) return;
    const message = `it may have at most ${maxBytesOfConfig} bytes as JSON`;
    context.addIssue({ code: 'custom', path: ['config'], message });
  });

const rerunModes = ['AllDenied', 'FailureAllowed', 'AllAllowed'] as const;

/** What a timer of Node holds: 31 bits of milliseconds, in seconds (24.8 days). */
const longestTimeout = 2_147_483;

export const runPolicyFields = {
  timeout: z.number().int().min(1).max(longestTimeout).nullable().meta({
    description: 'Longest time of one attempt, in seconds; null, as in new tasks: no limit',
  }),
  rerunMode: z.enum(rerunModes).meta({
    description: 'Whether an instance that was run may be run again; of new tasks `AllAllowed`',
  }),
  rerunTimes: z
    .number()
    .int()
    .min(0)
    .max(100)
    .meta({
      description:
        'How often a failed job is tried again within its run, unless `rerunMode` denies it; of new ' +
        'tasks 0',
    }),
  rerunInterval: z.number().int().min(0).max(86_400).meta({
    description: 'Seconds between two tries; of new tasks 60',
  }),
  maxParallel: z.number().int().min(1).max(64).meta({
    description: 'How many instances of backfills may run at the same time; of new tasks 1',
  }),
  gateExpiry: z
    .number()
    .int()
    .min(60)
    .max(366 * 86_400)
    .meta({
      description:
        'How long the gate of a schedule time stays open after its first mark or its due time, in ' +
        'seconds; then its instance is `missed`, until its tables are all marked later. Of new tasks ' +
        '30 days',
    }),
};
const runPolicySchema = z.object(runPolicyFields);
export type RunPolicy = z.infer<typeof runPolicySchema>;

export const timezoneSchema = z.string().refine(isTimezone, {
  message: 'it must be an IANA time zone such as Europe/Berlin, in these letters',
});

/** What is kept as it was sent. */
const keptText = (longest: number) =>
  z
    .string()
    .max(longest, `at most ${longest} characters are allowed`)
    .regex(noControlCharacters, 'no control characters are allowed');

const runtimeResourceFields = {
  resourceGroup: resourceGroupNameSchema.nullable().meta({
    description:
      'The resource group (`/api/v1/resource-groups`) whose workers run the job, from the next run ' +
      'on; null, as in new tasks: those of the installation',
  }),
  image: keptText(255).nullable().meta({ description: 'Kept and shown for callers of vendors' }),
  cu: keptText(32).nullable().meta({ description: 'Kept and shown for callers of vendors' }),
};

/** Parts of a task that an edit may change; an edit sends some of them. */
const editableFields = {
  name: nameSchema,
  description: z.string().max(4000),
  owner: z.string().max(255).nullable(),
  tags: tagsSchema,
  kind: z.enum(taskKinds).meta({
    description:
      'What starts it: a person, its `recurrence`, or its tables. People and backfills can start any',
  }),
  tables: tablesSchema.meta({
    description:
      'What the job works on and, where the kind is `triggered`, what it waits for: one at least ' +
      'then, and for `id-mapping`',
  }),
  whileRunning: z.enum(['ignore', 'latch']).meta({
    description:
      'What calls without a schedule time do during a run: they are ignored, as in new tasks, or ' +
      'mark the next round',
  }),
  timezone: timezoneSchema.meta({
    description:
      'In which its recurrence and schedule times without an offset are read; of new tasks, that ' +
      'of the installation (`TABLEGATE_TIMEZONE`)',
    examples: ['Europe/Berlin'],
  }),
  job: jobSchema.meta({ description: 'What a run does; `GET /api/v1/job-types` lists the types' }),
  runPolicy: z.strictObject(z.object(runPolicyFields).partial().shape),
  recurrence: recurrenceSchema.nullable().meta({
    description:
      'Its schedule times. A `recurring` task needs one and starts by it; for other kinds it only ' +
      'says which times a backfill of a range has',
  }),
  dependsOn: z
    .array(idSchema)
    .max(100)
    .meta({
      description:
        'Ids of tasks that come before: a due time waits until their instances up to it have ' +
        'succeeded. Recurring tasks that write a table which this one reads come before it anyway',
    }),
  notifications: notificationsSchema.nullable().meta({
    description:
      'Webhooks that are told of failed and recovered runs and of late and expired gates',
  }),
  runtimeResource: z
    .strictObject(z.object(runtimeResourceFields).partial().shape)
    .meta({ description: 'Where the job runs and with what; an edit changes what it names' }),
  dataSource: keptText(255).nullable().meta({
    description: 'Name of a data source, kept and shown for callers of vendors',
  }),
};

/** Body of `PATCH /tasks/{id}`: what is not sent stays as it is. */
export const taskPatchSchema = z.strictObject(z.object(editableFields).partial().shape);
export type TaskPatch = z.infer<typeof taskPatchSchema>;

/** Body of `POST /tasks` and `PUT /tasks/{id}`. */
export const taskInputSchema = z.strictObject({
  ...z.object(editableFields).partial().shape,
  /** An id that `POST /tasks:draft` gave out. */
  id: idSchema.optional(),
  environment: z.enum(['Dev', 'Prod']).default('Prod'),
  name: nameSchema,
  kind: editableFields.kind,
  tables: editableFields.tables,
  job: editableFields.job,
});
export type TaskInput = z.infer<typeof taskInputSchema>;

export interface TableListing {
  name: string;
  by: 'url' | 'task';
}

/** What a task does and when: the part that edits change. A run keeps the whole of it. */
export interface TaskDefinition {
  name: string;
  description: string;
  owner: string | null;
  tags: { key: string; value?: string | undefined }[];
  environment: 'Dev' | 'Prod';
  kind: TaskKind;
  tables: TableListing[];
  whileRunning: 'ignore' | 'latch';
  timezone: string;
  job: { type: string; config: Record<string, unknown> };
  runPolicy: RunPolicy;
  recurrence: Recurrence | null;
  dependsOn: string[];
  notifications: Notifications | null;
  runtimeResource: RuntimeResource;
  dataSource: string | null;
}

/** Settled changes of a definition, as they reach the entity. */
export type DefinitionPatch = Partial<
  Omit<TaskDefinition, 'runPolicy' | 'environment' | 'runtimeResource'>
> & {
  runPolicy?: Partial<RunPolicy>;
  runtimeResource?: Partial<RuntimeResource>;
};

const gateTableSchema = z.object({
  table: z.string(),
  status: z.enum(['Triggered', 'Not Triggered']),
  at: z.string().nullable(),
  caller: z.string().nullable(),
});

const datedGateSchema = z.object({
  scheduleTime: z.string(),
  tables: z.array(gateTableSchema),
  /** Set where a due time opened it: whether the upstream tasks have done their part. */
  upstream: z
    .object({
      status: z.enum(['asking', 'waiting', 'blocked', 'met']),
      /** What it waits for, or what stands in the way. */
      reason: z.string().nullable(),
    })
    .nullable()
    .default(null),
});

const gateViewSchema = z.object({
  tables: z.array(gateTableSchema),
  dated: z.array(datedGateSchema),
  /** The gate that the live run is of, which is reset when that ends; null: of none of them. */
  running: z.object({ scheduleTime: z.string().nullable() }).nullable().default(null),
});
export type GateView = z.infer<typeof gateViewSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  status: z.enum(['queued', 'running', ...endedStatuses]),
  startedBy: z.enum(runStarters),
  queuedAt: z.string(),
  finishedAt: z.string().nullable(),
  failureReason: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const importedSchema = z.object({
  source: z.string().meta({ description: 'The system that it comes from; empty: it has no name' }),
  externalId: z.string().meta({ description: 'Its id there' }),
});
/** Where a task comes from that a foreign system keeps in step (`POST /tasks:import`). */
export type Imported = z.infer<typeof importedSchema>;

/** A task as every surface shows it. */
export const taskViewSchema = z.object({
  id: z.string(),
  number: z.string(),
  name: z.string(),
  description: z.string(),
  owner: z.string().nullable(),
  creator: z.string(),
  imported: importedSchema.nullable().meta({
    description:
      'Set where an import keeps it: nobody edits, pauses or removes it here, and nobody starts it ' +
      'where it is recurring. Null: it was made here',
  }),
  tags: z.array(z.object({ key: z.string(), value: z.string().optional() })),
  environment: z.enum(['Dev', 'Prod']),
  kind: z.enum(taskKinds),
  tables: z.array(z.object({ name: z.string(), by: z.enum(['url', 'task']) })),
  whileRunning: z.enum(['ignore', 'latch']),
  timezone: z.string(),
  job: z.object({ type: z.string(), config: z.record(z.string(), z.unknown()) }),
  runPolicy: runPolicySchema,
  recurrence: recurrenceSchema.nullable(),
  dependsOn: z.array(z.string()),
  notifications: notificationsSchema.nullable(),
  runtimeResource: z
    .object({
      ...runtimeResourceFields,
      taskQueue: z.string().nullable().meta({ description: 'That of the resource group' }),
    })
    .meta({ description: 'Where the job runs and with what' }),
  dataSource: z.string().nullable(),
  paused: z.boolean(),
  gate: gateViewSchema.nullable(),
  latestRun: runSummarySchema.nullable(),
  nextRunTime: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Grows with every edit; the ETag of the task. */
  version: z.number().int(),
});
export type TaskView = z.infer<typeof taskViewSchema>;

/** A task on its way into the store; an older revision never replaces a newer one. */
export interface TaskProjection extends TaskView {
  tenant: string;
  revision: number;
  removedAt: string | null;
}
