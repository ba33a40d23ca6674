/** Writes what a collection has found: few statements for any number of tables. */
import { createHash } from 'node:crypto';
import { CompiledQuery, type Transaction } from 'kysely';
import type { VersionEvent } from '../../model/catalogue/catalogue';
import type { CollectedTable, TableDefinition } from '../../model/catalogue/collected';
import {
  outcomeOf,
  type AlivePolicy,
  type CollectedOutcome,
  type DeletedPolicy,
  type KnownTable,
} from '../../model/catalogue/policies';
import { formatTableName } from '../../model/table-name';
import { folded } from '../folded';
import { lock, transact, type Database, type Tables } from '../schema';
import { storableJson, storableText } from '../storable';
import type { Collection } from '../store';
import { collectedDocument } from './documents';

interface Found {
  name: string;
  digest: string;
  outcome: CollectedOutcome;
  version: number;
  collected: CollectedTable;
}

export async function collect(
  db: Database,
  collection: Collection,
  tables: readonly CollectedTable[],
  policy: AlivePolicy,
): Promise<Map<string, CollectedOutcome>> {
  const { tenant, connection } = collection;
  const named = tables.map((collected) => ({
    name: storableText(formatTableName({ connection, ...collected })),
    digest: digestOf(collected.definition),
    collected,
  }));
  return transact(db, async (step) => {
    // Two collections of one connection write its tables one after the other.
    await lock(step, 'catalogue', tenant, connection);
    const names = named.map(({ name }) => name);
    const known = await knownTables(step, tenant, names);
    const found = named.map((one): Found => {
      const former = known.get(one.name);
      const outcome = outcomeOf(former, one.digest, policy);
      return { ...one, outcome, version: (former?.version ?? 0) + 1 };
    });
    await writeVersions(step, collection, found.filter(isNewVersion));
    await writeFacts(
      step,
      tenant,
      found.filter(({ outcome }) => outcome === 'unchanged'),
    );
    return new Map(found.map(({ name, outcome }) => [name, outcome]));
  });
}

function digestOf(definition: TableDefinition): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('base64url');
}

function isNewVersion({ outcome }: Found): boolean {
  return outcome !== 'unchanged' && outcome !== 'left';
}

async function knownTables(
  step: Transaction<Tables>,
  tenant: string,
  names: string[],
): Promise<Map<string, KnownTable>> {
  const { rows } = await step.executeQuery<KnownTable & { name: string }>(
    CompiledQuery.raw(
      `select name, digest, version, deleted_at is not null as deleted
       from tablegate.catalog_tables where tenant = $1 and name = any($2)`,
      [tenant, names],
    ),
  );
  return new Map(rows.map(({ name, ...known }) => [name, known]));
}

const versionsSql = `
  with sent as materialized (
    select * from json_to_recordset($2::json) as sent (
      name text, connection text, schema_name text, table_name text, folded_table text, kind text,
      comment text,
      column_count integer, version integer, event text, digest text, definition json, facts json,
      document text
    )
  ), put_tables as (
    insert into tablegate.catalog_tables (
      tenant, name, connection, schema_name, table_name, folded_table, kind, comment, column_count,
      version, digest, definition, facts
    )
    select $1, name, connection, schema_name, table_name, folded_table, kind, comment,
      column_count, version, digest, definition, facts
    from sent
    on conflict (tenant, name) do update set
      kind = excluded.kind, comment = excluded.comment, column_count = excluded.column_count,
      version = excluded.version, digest = excluded.digest, definition = excluded.definition,
      facts = excluded.facts, version_at = now(), collected_at = now(), deleted_at = null
  ), put_versions as (
    insert into tablegate.catalog_versions (
      tenant, name, version, event, task_id, run_id, definition
    )
    select $1, name, version, event, $3, $4, definition from sent
  )
  insert into tablegate.catalog_search (tenant, name, collected)
  select $1, name, document::tsvector from sent
  on conflict (tenant, name) do update set collected = excluded.collected`;

async function writeVersions(
  step: Transaction<Tables>,
  { tenant, connection, taskId, runId }: Collection,
  found: readonly Found[],
): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ name, digest, outcome, version, collected }) => {
    const { schema, table, definition, facts } = collected;
    return {
      ...{ name, connection, schema_name: schema, table_name: table, version, digest },
      folded_table: folded(table),
      ...{ definition, facts, kind: definition.kind, comment: definition.comment },
      event: outcome as VersionEvent,
      column_count: definition.columns.length,
      document: collectedDocument({ connection, schema, table }, definition),
    };
  });
  await step.executeQuery(
    CompiledQuery.raw(versionsSql, [tenant, storableJson(rows), taskId, runId]),
  );
}

async function writeFacts(
  step: Transaction<Tables>,
  tenant: string,
  found: readonly Found[],
): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ name, collected }) => ({ name, facts: collected.facts }));
  await step.executeQuery(
    CompiledQuery.raw(
      `update tablegate.catalog_tables as present set facts = sent.facts, collected_at = now()
       from json_to_recordset($2::json) as sent (name text, facts json)
       where present.tenant = $1 and present.name = sent.name`,
      [tenant, storableJson(rows)],
    ),
  );
}

export async function unseen(
  db: Database,
  tenant: string,
  connection: string,
  seen: readonly string[],
): Promise<{ name: string; schema: string; table: string }[]> {
  const { rows } = await db.executeQuery<{ name: string; schema: string; table: string }>(
    CompiledQuery.raw(
      `select name, schema_name as schema, table_name as table
       from tablegate.catalog_tables
       where tenant = $1 and connection = $2 and deleted_at is null
         and name not in (select unnest($3::text[]))
       order by name`,
      [tenant, connection, seen.map(storableText)],
    ),
  );
  return rows;
}

const markSql = `
  with gone as (
    update tablegate.catalog_tables
    set deleted_at = now(), version = version + 1, version_at = now()
    where tenant = $1 and connection = $2 and name = any($3) and deleted_at is null
    returning name, version, definition
  )
  insert into tablegate.catalog_versions (tenant, name, version, event, task_id, run_id, definition)
  select $1, name, version, 'deleted', $4, $5, definition from gone`;

const removeSql = `
  delete from tablegate.catalog_tables where tenant = $1 and connection = $2 and name = any($3)`;

export async function settleGone(
  db: Database,
  { tenant, connection, taskId, runId }: Collection,
  names: readonly string[],
  policy: DeletedPolicy,
): Promise<number> {
  if (policy === 'leave' || names.length === 0) return 0;
  return transact(db, async (step) => {
    await lock(step, 'catalogue', tenant, connection);
    const by = policy === 'mark' ? [taskId, runId] : [];
    const { numAffectedRows } = await step.executeQuery(
      CompiledQuery.raw(policy === 'mark' ? markSql : removeSql, [
        tenant,
        connection,
        [...names],
        ...by,
      ]),
    );
    return Number(numAffectedRows);
  });
}
