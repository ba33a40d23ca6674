/** What jobs wrote while they ran: the last lines of each run. */
import { CompiledQuery } from 'kysely';
import type { LogLine } from '../model/run';
import { transact, type Database } from './schema';
import { storableJson } from './storable';

/** Lines kept of one run. */
const keptLines = 1000;

/** Characters kept of one line: a job that prints a whole file fills no disk. */
const keptCharacters = 10_000;

const insertLines = `insert into tablegate.run_log (tenant, run_id, at, level, line)
  select $1, $2, sent.at, sent.level, sent.line
  from json_to_recordset($3::json) as sent (nr integer, at timestamptz(3), level text, line text)
  order by sent.nr`;

const dropOldest = `delete from tablegate.run_log where tenant = $1 and run_id = $2 and seq <= (
    select seq from tablegate.run_log where tenant = $1 and run_id = $2
    order by seq desc offset ${keptLines} limit 1)`;

/** Appends lines, oldest first, and drops those that are too many by now. */
export async function appendLog(
  db: Database,
  tenant: string,
  runId: string,
  lines: readonly LogLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const sent = lines
    .slice(-keptLines)
    .map(({ at, level, line }, nr) => ({ nr, at, level, line: shortened(line) }));
  await transact(db, async (transaction) => {
    const values = [tenant, runId];
    await transaction.executeQuery(CompiledQuery.raw(insertLines, [...values, storableJson(sent)]));
    await transaction.executeQuery(CompiledQuery.raw(dropOldest, values));
  });
}

/** The lines kept, oldest first. */
export async function readLog(db: Database, tenant: string, runId: string): Promise<LogLine[]> {
  const newestFirst = await db
    .selectFrom('run_log')
    .select(['at', 'level', 'line'])
    .where('tenant', '=', tenant)
    .where('run_id', '=', runId)
    .orderBy('seq', 'desc')
    // Two appends at the same moment may each leave what the other has just written.
    .limit(keptLines)
    .execute();
  return newestFirst.reverse();
}

function shortened(line: string): string {
  if (line.length <= keptCharacters) return line;
  return `${line.slice(0, keptCharacters)}… (${line.length - keptCharacters} more characters)`;
}
