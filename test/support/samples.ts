/** One of each thing that the API shows. */
import { cellStates, type BackfillView, type CellState, type CellView } from '../../model/backfill';
import type { IdChain, LookedUpUser } from '../../model/look-up';
import type { RowSample } from '../../connectors/connector';
import type { Change } from '../../model/change';
import type { ColumnSuggestion } from '../../model/id-suggestions';
import type { Caller, Role } from '../../model/people';
import type { Directory, Project } from '../../model/project';
import { newConfig } from '../../model/script-draft';
import type {
  ScriptAnalysis,
  ScriptConfig,
  ScriptView,
  VersionView,
} from '../../model/script-object';
import type { ConnectionView, TableView } from '../../model/source';
import type { Total } from '../../model/page';
import { defaultRunPolicy, noRuntimeResource } from '../../model/task';
import type { ImportResult } from '../../model/task-import';
import type { TaskRow } from '../../model/task-list';
import type { LedgerEntry } from '../../model/trigger';
import type { WaitingTask } from '../../model/waiting';
import type {
  CatalogueTableRead,
  InstanceView,
  RunRead,
  TaskRead,
  TriggerUrl,
} from '../../scheduling/scheduling';

export const at = '2026-03-01T02:30:00.000Z';
export const taskId = '3f2a'.repeat(8);
export const runId = 'b0c1'.repeat(8);
export const tableName = 'crm.main.customers';

export const callerOf = (role: Role): Caller => ({
  tenant: 'default',
  userId: `${role}-id`,
  name: `a ${role}`,
  role,
});

export const task: TaskRead = {
  id: taskId,
  number: '1',
  name: 'Unify',
  description: '',
  owner: null,
  creator: 'a developer',
  imported: null,
  tags: [],
  environment: 'Prod',
  kind: 'triggered',
  tables: [{ name: tableName, by: 'url' }],
  whileRunning: 'ignore',
  timezone: 'UTC',
  job: { type: 'id-mapping', config: {} },
  runPolicy: defaultRunPolicy,
  recurrence: null,
  dependsOn: [],
  notifications: null,
  runtimeResource: noRuntimeResource,
  dataSource: null,
  paused: false,
  gate: {
    tables: [{ table: tableName, status: 'Not Triggered', at: null, caller: null }],
    dated: [],
    running: null,
  },
  latestRun: null,
  nextRunTime: null,
  createdAt: at,
  updatedAt: at,
  version: 3,
};

export const taskRow: TaskRow = {
  ...task,
  gateCounts: { marked: 0, tables: 1, dated: 0 },
  latestRun: null,
};

export const total: Total = { count: 1, more: false };

export const taskBody = {
  name: 'Unify',
  kind: 'triggered',
  tables: [tableName],
  job: { type: 'id-mapping', config: {} },
};

export const run: RunRead = {
  id: runId,
  taskId,
  status: 'running',
  startedBy: 'manual',
  startedByUser: 'an operator',
  scheduleTime: null,
  attempt: 1,
  tries: 1,
  queuedAt: at,
  startedAt: at,
  finishedAt: null,
  progress: { fraction: 0.5, text: 'reading' },
  failureReason: null,
  failureCause: null,
  tables: [],
  summary: null,
  temporalUrl: null,
};

export const instance: InstanceView = {
  ...{ taskId, scheduleTime: at, attempts: 0, status: 'waiting', run: null },
  reason: `waiting for tables ${tableName}`,
};

const noCells = Object.fromEntries(cellStates.map((state) => [state, 0])) as Record<
  CellState,
  number
>;

export const backfill: BackfillView = {
  id: 'bf01'.repeat(8),
  status: 'running',
  startedBy: 'backfill',
  startedByUser: 'an operator',
  taskIds: [taskId],
  downstream: 'matching',
  existing: 'rerun',
  concurrency: 16,
  count: 2,
  counts: { ...noCells, waiting: 2 },
  createdAt: at,
  finishedAt: null,
  estimatedEnd: null,
};

export const cell: CellView = {
  ...{ taskId, scheduleTime: at, action: 'rerun', reason: null, state: 'waiting', runId: null },
};

export const ledgerEntry: LedgerEntry = {
  receipt: '0b'.repeat(15),
  table: tableName,
  at,
  caller: '127.0.0.1 curl',
  outcome: 'counted',
  reason: null,
  scheduleTime: null,
  runId: null,
  appliedBy: null,
  appliedAt: null,
};

export const waitingTask: WaitingTask = {
  ...{ taskId, name: 'Unify', kind: 'triggered', timezone: 'UTC', paused: false, since: at },
  gateCount: 1,
  gates: [
    {
      ...{ scheduleTime: null, since: at, status: 'waiting', reason: null, deadline: null },
      ...{ isLate: false, expiresAt: null, arrivedCount: 1, missingCount: 1 },
      arrived: [{ table: tableName, at, caller: '127.0.0.1 curl' }],
      missing: [
        { table: 'crm.main.orders', usualAt: at, basis: 'timeOfDay', samples: 9, lateSeconds: 60 },
      ],
    },
  ],
};

export const change: Change = { type: 'task', id: taskId, taskId, version: 4, at };

export const importResult: ImportResult = {
  dryRun: false,
  counts: { create: 1, update: 0, unchanged: 0, remove: 0, failed: 0 },
  tasks: [{ externalId: 'nightly', id: taskId, action: 'create', error: null }],
};

export const triggerUrl: TriggerUrl = {
  table: tableName,
  url: 'http://gate.test/trigger/s3cr3t-t0k3n-of-customers',
  lastUsedAt: null,
  lastCaller: null,
};

export const connection: ConnectionView = {
  name: 'crm',
  type: 'files',
  config: { path: 'crm' },
  mayRead: true,
  mayWrite: true,
  createdAt: at,
  updatedAt: at,
};

export const project: Project = { id: 'default', name: 'Default', mode: 'Basic', createdAt: at };

export const directory: Directory = {
  id: '3f'.repeat(16),
  project: 'default',
  parent: '0',
  name: 'Sales',
  createdAt: at,
};

export const rowSample: RowSample = {
  columns: [{ name: 'mobile', type: 'VARCHAR' }],
  ...{ rows: [['0138'], [null]], more: false },
};

export const columnSuggestion: ColumnSuggestion = {
  ...{ column: 'mobile', type: 'VARCHAR', idType: 'phone', confidence: 'low' },
  ...{ byName: true, values: 1, matching: 1 },
};

export const table: TableView = {
  name: tableName,
  connection: 'crm',
  schema: 'main',
  table: 'customers',
  idMapping: { columns: [{ column: 'mobile', idType: 'phone' }] },
  createdAt: at,
  updatedAt: at,
};

export const catalogueTable: CatalogueTableRead = {
  mayRead: true,
  name: tableName,
  connection: 'crm',
  schema: 'main',
  table: 'customers',
  kind: 'table',
  comment: '客户',
  description: null,
  owner: 'Ada',
  tags: ['core'],
  classes: ['phone'],
  columnCount: 1,
  rows: 12,
  rowsExact: true,
  bytes: 4096,
  version: 1,
  versionAt: at,
  sourceChangedAt: null,
  firstSeenAt: at,
  collectedAt: at,
  deletedAt: null,
  columns: [
    {
      name: 'mobile',
      type: 'VARCHAR',
      comment: null,
      nullable: true,
      default: null,
      description: null,
      tags: [],
      inPrimaryKey: false,
      classes: [{ class: 'phone', confidence: 0.9, by: ['name', 'values'] }],
      profile: {
        ...{ nullShare: 0.5, distinct: 6, min: null, max: null, quantiles: null, top: [] },
        withheld: true,
      },
    },
  ],
  primaryKey: [],
  indexes: [],
  foreignKeys: [],
  partitionedBy: null,
  partitionCount: null,
  partitions: [],
  profile: { method: 'sample', at, rows: 12 },
  tasks: [{ id: taskId, name: 'Unify', kind: 'triggered', how: 'reads' }],
  upstreamTables: [],
  downstreamTables: [],
};

const [phone, email] = [
  { idType: 'phone', value: '0138' },
  { idType: 'email', value: 'ann@x.org' },
] as const;
const oneId = 'a1'.repeat(16);

export const lookedUpUser: LookedUpUser = {
  ...{ oneId, runId, idCount: 1, truncated: false },
  ids: [{ ...phone, firstTable: tableName, tables: [{ table: tableName, rows: 2 }] }],
  tables: [{ table: tableName, rows: 2 }],
  changes: [{ change: 'new', oneId, otherOneId: null, ids: 1, runId }],
};

export const idChain: IdChain = {
  ...{ oneId, runId, from: phone, to: email, length: 1, truncated: false },
  links: [
    {
      ...{ table: tableName, from: phone, to: email, rows: 2 },
      row: [
        { column: 'mobile', ...phone },
        { column: 'mail', ...email },
      ],
    },
  ],
};

const scriptConfig: ScriptConfig = {
  ...newConfig({
    ...{ scheduleType: 'Recurring Task Node', description: '', timezone: 'UTC', by: 'Ada' },
  }),
};

export const script: ScriptView = {
  ...{ id: '5c'.repeat(16), number: '7', project: 'default', directory: '0', name: 'Orders' },
  ...{ environment: 'Prod', scheduleType: 'Recurring Task Node', description: '' },
  ...{ sourceType: 'files', source: 'crm', targetType: 'duckdb', target: 'analysis' },
  ...{ state: 'published', draftDiffers: false, submittedVersion: 1, publishedVersion: 1 },
  ...{ devTaskId: null, prodTaskId: taskId, createdBy: 'Ada', createdAt: at },
  ...{ updatedBy: 'Ada', updatedAt: at, version: 3, taskDiffers: [], text: '{}', ...scriptConfig },
};

export const scriptAnalysis: ScriptAnalysis = {
  lineage: {
    reads: [{ table: tableName, columns: ['mobile'] }],
    writes: [{ table: 'analysis.main.copy', columns: null }],
    complete: true,
  },
  checks: [{ name: 'script', status: 'pass', messages: [] }],
};

export const scriptVersion: VersionView = {
  ...{ version: 1, remarks: 'first', author: 'u1', authorName: 'Ada', createdAt: at },
  ...{ submitted: true, published: true, text: '{}', config: scriptConfig, ...scriptAnalysis },
};
