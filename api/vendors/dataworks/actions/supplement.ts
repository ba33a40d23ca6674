/** Backfills, which the vendor makes as workflow instances of the type `SupplementData`. */
import { z } from 'zod';
import { cellsToConfirm } from '../../../../model/backfill';
import { TablegateError } from '../../../../model/errors';
import { isId } from '../../../../model/names';
import { action } from '../action';
import { environment, flag, ids, integer, oneOf, structure, text } from '../fields';
import { isNothing, notHeld } from '../refusals';

/** Ranges of business days in one call, as the vendor has it. */
const mostRanges = 7;
/** Windows that they come to where only a part of each day is meant: each is a backfill. */
const mostWindows = 31;
const dayMs = 86_400_000;

const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'it must be written yyyy-mm-dd')
  .refine((text) => toDay(text) !== null, 'there is no such day');
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'it must be written hh:mm:ss')
  .optional();

const periods = z.object({
  BizDates: z
    .array(z.object({ StartBizDate: date, EndBizDate: date }))
    .min(1, 'at least one range is needed')
    .max(mostRanges, `at most ${mostRanges} ranges are allowed`),
  StartTime: clock,
  EndTime: clock,
});
type Periods = z.output<typeof periods>;

const modes = ['General', 'ManualSelection', 'AllDownstream', 'Chain'] as const;

const properties = z.object({
  Mode: oneOf(modes),
  RootTaskIds: ids(500),
  IncludeTaskIds: ids(500),
  ExcludeTaskIds: ids(500),
  Parallelism: integer(1, 64).optional().meta({
    description: 'Instances under way at the same time',
  }),
  Order: oneOf(['Asc', 'Desc']),
  RunPolicy: z.unknown().optional(),
  RuntimeResource: z.unknown().optional(),
  DataSourceNameMappings: z.unknown().optional(),
});
type Properties = z.output<typeof properties>;

export const createWorkflowInstances = action({
  name: 'CreateWorkflowInstances',
  method: 'POST',
  role: 'operator',
  summary: 'Backfill tasks over business days (`SupplementData`)',
  input: z.object({
    Type: z.enum(['SupplementData'], { message: 'only SupplementData is known here' }),
    Name: text(255).optional(),
    EnvType: environment.optional(),
    Comment: text(1_000).optional(),
    AutoStartEnabled: flag.optional(),
    Periods: structure(periods),
    DefaultRunProperties: structure(properties),
    TaskParameters: z.unknown().optional(),
    WorkflowParameters: z.unknown().optional(),
  }),
  example: {
    ...{ Type: 'SupplementData', Name: 'January', EnvType: 'Prod' },
    Periods: JSON.stringify({
      BizDates: [{ StartBizDate: '2026-01-01', EndBizDate: '2026-01-31' }],
    }),
    DefaultRunProperties: JSON.stringify({ Mode: 'General', RootTaskIds: [1], Parallelism: 2 }),
  },
  async run({ scheduling, caller, input }) {
    const { DefaultRunProperties: asked, Periods: days } = input;
    if (input.AutoStartEnabled === false) throw notHeld('AutoStartEnabled', 'it starts at once');
    refuseParameters({ ...asked, ...input });
    const ask = {
      numbers: rootsOf(asked),
      environment: input.EnvType ?? null,
      ranges: windowsOf(days),
      downstream: asked.Mode === 'AllDownstream' ? ('matching' as const) : ('none' as const),
      concurrency: asked.Parallelism ?? 1,
      comment: [input.Name, input.Comment].filter(Boolean).join(': ') || null,
    };
    try {
      return { OperationId: (await scheduling.byNumber.supplement(caller, ask)).join('-') };
    } catch (error) {
      throw isUnconfirmed(error) ? notHeld('Periods.BizDates', tooMany) : error;
    }
  },
});

/** The vendor's call has no place for a confirmation. */
const tooMany =
  `a range may come to at most ${cellsToConfirm} instances; ` +
  'a larger backfill is confirmed by POST /api/v1/backfills';

function isUnconfirmed(error: unknown): boolean {
  return error instanceof TablegateError && error.code === 'confirmationNeeded';
}

/** What would be done otherwise than it was asked for. */
function refuseParameters(sent: Partial<Record<string, unknown>> & Properties): void {
  if (sent.Order === 'Desc') throw notHeld('DefaultRunProperties.Order', 'only Asc is known here');
  if (sent.ExcludeTaskIds.length > 0) {
    throw notHeld('DefaultRunProperties.ExcludeTaskIds', 'it is not known here');
  }
  const nowhere = [
    'RunPolicy',
    'RuntimeResource',
    'DataSourceNameMappings',
    'TaskParameters',
    'WorkflowParameters',
  ];
  for (const name of nowhere) {
    if (!isNothing(sent[name])) throw notHeld(name, 'it is not known here');
  }
}

function rootsOf({
  Mode: mode,
  RootTaskIds: roots,
  IncludeTaskIds: included,
}: Properties): string[] {
  if (mode === 'Chain') throw notHeld('DefaultRunProperties.Mode', 'Chain is not known here');
  const numbers = mode === 'AllDownstream' ? roots : [...new Set([...roots, ...included])];
  if (numbers.length > 0) return numbers;
  throw notHeld('DefaultRunProperties.RootTaskIds', 'it is missing; at least one task is needed');
}

/** The closed ranges of schedule times: those of a business day are of the day after it. */
export function windowsOf({ BizDates, StartTime, EndTime }: Periods) {
  if ((StartTime === undefined) !== (EndTime === undefined)) {
    throw notHeld('Periods.StartTime', 'StartTime and EndTime come together');
  }
  const from = StartTime ?? '00:00:00';
  const to = EndTime ?? '23:59:59';
  if (from > to) throw notHeld('Periods.EndTime', 'it comes before StartTime');
  const isWholeDay = from === '00:00:00' && to === '23:59:59';
  const windows = BizDates.flatMap(({ StartBizDate, EndBizDate }) => {
    const [first, last] = [toDay(StartBizDate)! + 1, toDay(EndBizDate)! + 1];
    if (first > last) throw notHeld('Periods.BizDates', 'EndBizDate comes before StartBizDate');
    if (isWholeDay) return [{ first, last }];
    const count = Math.min(last - first + 1, mostWindows + 1);
    return Array.from({ length: count }, (_, index) => ({
      first: first + index,
      last: first + index,
    }));
  });
  if (windows.length > mostWindows) {
    throw notHeld('Periods', `with StartTime and EndTime at most ${mostWindows} days are allowed`);
  }
  return windows.map(({ first, last }) => ({
    startTime: `${dateOf(first)} ${from}`,
    endTime: `${dateOf(last)} ${to}`,
  }));
}

/** Days since 1970; null where there is no such day. */
function toDay(text: string): number | null {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || dateOf(ms / dayMs) !== text ? null : ms / dayMs;
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

export const getCreateWorkflowInstancesResult = action({
  name: 'GetCreateWorkflowInstancesResult',
  method: 'GET',
  role: 'viewer',
  summary: 'Read what such a call has made',
  input: z.object({ OperationId: text(2_000) }),
  example: { OperationId: '0123456789abcdef0123456789abcdef' },
  async run({ scheduling, caller, input }) {
    const operations = input.OperationId.split('-');
    if (!operations.every(isId) || operations.length > mostWindows) {
      throw new TablegateError('backfillNotFound', 'The operation does not exist.');
    }
    const made = await scheduling.byNumber.supplemented(caller, operations);
    const numbers = made.numbers.map(BigInt);
    return {
      Result: {
        Status: 'Created',
        WorkflowInstanceIds: numbers,
        UnifiedWorkflowInstanceIds: numbers,
        WorkflowTaskInstanceIds: made.instances.map(BigInt),
      },
    };
  },
});
