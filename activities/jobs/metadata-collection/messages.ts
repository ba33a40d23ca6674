/** What parent and child of a look at values tell each other; plain JSON. */
import type { ColumnClassification } from '../../../model/catalogue/classify-schema';
import type { TableOutline } from '../../../model/catalogue/collected';
import type { TableProfile } from '../../../model/catalogue/profile';
import type { JobConnection } from '../../../model/job-type';

/** A table whose values are looked at. */
export type ValuesTable = TableOutline;

export interface ValuesWork {
  connection: JobConnection;
  filesRoots: string[];
  /** Connections of kind `fake` work; for tests. */
  fake: boolean;
  scratchDir: string;
  tables: ValuesTable[];
  profile: boolean;
  classify: boolean;
  mode: 'fast' | 'exact';
  /** How long one table may take. */
  tableLimitMs: number;
}

/** What was seen of a table; null: it was not asked for. */
export interface SeenValues {
  name: string;
  profile: TableProfile | null;
  classes: Record<string, ColumnClassification[]> | null;
  rowsRead: number;
}

export type ToChild = { type: 'look'; work: ValuesWork } | { type: 'cancel' };

export type ToParent =
  | { type: 'seen'; seen: SeenValues }
  | { type: 'unseen'; name: string; error: string }
  | { type: 'log'; line: string }
  | { type: 'done' }
  | { type: 'failed'; message: string };
