/**
 * What the store does, by subject. It is always PostgreSQL: the read model of what Temporal is the
 * authority for (tasks, ledger, records), and the only home of people, keys, trigger tokens,
 * connections, registered tables and audit. Every method throws `TablegateError storeUnavailable`
 * where PostgreSQL does not answer within its bound.
 */
import type { AccessKeyStore } from './contracts/access-keys';
import type { AuditStore } from './contracts/audit';
import type { BackfillStore } from './contracts/backfills';
import type { CatalogueStore } from './contracts/catalogue';
import type { ChangeStore } from './contracts/changes';
import type { DataArtsTaskStore } from './contracts/dataarts-tasks';
import type { IdempotencyStore } from './contracts/idempotency';
import type { LedgerStore } from './contracts/ledger';
import type { NumberedStore } from './contracts/numbered';
import type { PeopleStore } from './contracts/people';
import type { DirectoryStore, ProjectStore } from './contracts/projects';
import type { ResourceGroupStore } from './contracts/resource-groups';
import type { RetentionStore } from './contracts/retention';
import type { RunStore } from './contracts/runs';
import type { ScriptStore } from './contracts/scripts';
import type { SessionStore } from './contracts/sessions';
import type { SourceStore } from './contracts/sources';
import type { TaskStore } from './contracts/tasks';
import type { TokenStore } from './contracts/tokens';

export type { BackfillStep } from '../model/backfill';
export type { Page, PageRequest } from '../model/page';
export type * from './contracts/access-keys';
export type * from './contracts/audit';
export type * from './contracts/backfills';
export type * from './contracts/catalogue';
export type * from './contracts/changes';
export type * from './contracts/dataarts-tasks';
export type * from './contracts/idempotency';
export type * from './contracts/ledger';
export type * from './contracts/numbered';
export type * from './contracts/people';
export type * from './contracts/projects';
export type * from './contracts/resource-groups';
export type * from './contracts/retention';
export type * from './contracts/runs';
export type * from './contracts/scripts';
export type * from './contracts/sessions';
export type * from './contracts/sources';
export type * from './contracts/tasks';
export type * from './contracts/time-span';
export type * from './contracts/tokens';

export interface Store {
  tasks: TaskStore;
  ledger: LedgerStore;
  runs: RunStore;
  backfills: BackfillStore;
  tokens: TokenStore;
  people: PeopleStore;
  sessions: SessionStore;
  accessKeys: AccessKeyStore;
  resourceGroups: ResourceGroupStore;
  numbered: NumberedStore;
  sources: SourceStore;
  catalogue: CatalogueStore;
  projects: ProjectStore;
  directories: DirectoryStore;
  scripts: ScriptStore;
  dataArtsTasks: DataArtsTaskStore;
  audit: AuditStore;
  idempotency: IdempotencyStore;
  retention: RetentionStore;
  changes: ChangeStore;
  /**
   * Holds a value that all processes of an installation must share, such as a fingerprint of its
   * secret: the first one stays.
   * @returns whether `value` is the one that is held
   */
  agree(name: string, value: string): Promise<boolean>;
  /** One round trip; throws `storeUnavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
