/** What a request reads from a database server, as statements, and which session runs each. */
import { findColumn } from '../model/column-mapping';
import { TablegateError } from '../model/errors';
import type { TransferColumn } from '../model/transfer-types';
import type { ReadRequest } from './transfer';
import { Turns } from './turns';

export interface Select {
  sql: string;
  /** Place of its table; queries come first. */
  table: number;
}

export type Described<Column extends TransferColumn> = Select & { columns: Column[] };

/**
 * @param ofTable the statements of one table: one, or one a part
 * @returns those of all queries and tables, in this order
 */
export async function selectsOf(
  { queries, tables }: ReadRequest,
  ofTable: (table: ReadRequest['tables'][number]) => Promise<string[]>,
): Promise<Select[]> {
  const selects = queries.map((sql, table) => ({ sql, table }));
  for (const [place, table] of tables.entries()) {
    const found = await ofTable(table);
    selects.push(...found.map((sql) => ({ sql, table: queries.length + place })));
  }
  return selects;
}

/**
 * The column that a table is split by.
 * @throws TablegateError invalidInput where there is none, or its values are not whole numbers
 */
export function keyOf(present: TransferColumn[], splitPk: string): TransferColumn {
  const key = findColumn(present, splitPk);
  if (key?.type.kind === 'integer') return key;
  throw new TablegateError(
    'invalidInput',
    key === null
      ? `There is no column "${splitPk}" to split by.`
      : `"splitPk" takes a column of whole numbers; ${key.name} is ${key.vendorType}.`,
  );
}

/** Asks for the columns of each table or query once: parts of one table have the same. */
export async function describeAll<Column extends TransferColumn>(
  selects: Select[],
  describe: (sql: string) => Promise<Column[]>,
): Promise<Described<Column>[]> {
  const byTable = new Map<number, Column[]>();
  for (const { sql, table } of selects) {
    if (!byTable.has(table)) byTable.set(table, await describe(sql));
  }
  return selects.map((select) => ({ ...select, columns: byTable.get(select.table)! }));
}

export type Run<Session> = (work: (session: Session) => Promise<void>) => Promise<void>;

/**
 * Hands work out to sessions: the one that holds the state reads too, others join it.
 * @param main is used by one at a time
 * @param another runs work in a session of its own
 * @param atOnce most works at the same time; further ones wait
 */
export function shareOut<Session>(
  main: Session,
  another: Run<Session>,
  { atOnce, signal }: { atOnce: number; signal: AbortSignal },
): Run<Session> {
  const turns = new Turns(atOnce);
  let isMainFree = true;
  return async (work) => {
    await turns.take({ waitMs: 2 ** 31 - 1, signal });
    try {
      if (!isMainFree) return await another(work);
      isMainFree = false;
      await work(main).finally(() => (isMainFree = true));
    } finally {
      turns.end();
    }
  };
}
