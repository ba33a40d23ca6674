/**
 * The one application service that every surface calls. Its parts hold no HTTP: they take parsed
 * input and a `Caller`, throw `TablegateError`, and answer plain values.
 */
import type { BackfillService } from './contracts/backfills';
import type { ByNumberService } from './contracts/by-number';
import type { CatalogueService } from './contracts/catalogue';
import type { EventService } from './contracts/events';
import type { IdempotencyService } from './contracts/idempotency';
import type { LineageService } from './contracts/lineage';
import type { LookUpService } from './contracts/look-up';
import type { MetadataTaskService } from './contracts/metadata-tasks';
import type { AccessKeyService, PeopleService } from './contracts/people';
import type { ProjectService, ScriptService } from './contracts/projects';
import type { ResourceGroupService } from './contracts/resource-groups';
import type { RunService } from './contracts/runs';
import type { IdentityService, SessionService } from './contracts/sign-in';
import type { SourceService } from './contracts/sources';
import type { SystemService } from './contracts/system';
import type { TaskBatchService } from './contracts/task-batch';
import type { TaskService } from './contracts/tasks';
import type { TriggerService, WaitingService } from './contracts/triggers';

export type { Page, PageRequest } from '../model/page';
export type { AuditFilter, LedgerFilter, NumberedInstance, RunFilter } from '../store/store';
export type * from './contracts/backfills';
export type * from './contracts/by-number';
export type * from './contracts/catalogue';
export type * from './contracts/events';
export type * from './contracts/idempotency';
export type * from './contracts/lineage';
export type * from './contracts/look-up';
export type * from './contracts/metadata-tasks';
export type * from './contracts/people';
export type * from './contracts/projects';
export type * from './contracts/resource-groups';
export type * from './contracts/runs';
export type * from './contracts/sign-in';
export type * from './contracts/sources';
export type * from './contracts/system';
export type * from './contracts/task-batch';
export type * from './contracts/tasks';
export type * from './contracts/triggers';

export interface Scheduling {
  tasks: TaskService;
  triggers: TriggerService;
  runs: RunService;
  waiting: WaitingService;
  backfills: BackfillService;
  lineage: LineageService;
  lookUps: LookUpService;
  sources: SourceService;
  catalogue: CatalogueService;
  projects: ProjectService;
  scripts: ScriptService;
  people: PeopleService;
  sessions: SessionService;
  accessKeys: AccessKeyService;
  identity: IdentityService;
  metadataTasks: MetadataTaskService;
  resourceGroups: ResourceGroupService;
  taskBatches: TaskBatchService;
  byNumber: ByNumberService;
  events: EventService;
  system: SystemService;
  idempotency: IdempotencyService;
}
