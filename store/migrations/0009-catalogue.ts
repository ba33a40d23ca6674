/** What collections have found in the sources, version by version, and what people say of it. */
import { sql, type Kysely } from 'kysely';

const statements = [
  // Facts and times of a table change with every collection: there is room for that beside it.
  `create table tablegate.catalog_tables (
    tenant text not null,
    name text collate "C" not null,
    connection text not null,
    schema_name text collate "C" not null,
    table_name text collate "C" not null,
    folded_table text collate "C" not null,
    kind text not null,
    comment text,
    column_count integer not null,
    version integer not null,
    digest text not null,
    definition json not null,
    facts json not null,
    profile json,
    classes json not null default '{}',
    class_names text[] not null default '{}',
    description text,
    owner text,
    tags text[] not null default '{}',
    column_notes json not null default '{}',
    first_seen_at timestamptz(3) not null default now(),
    version_at timestamptz(3) not null default now(),
    collected_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3),
    primary key (tenant, name)
  ) with (fillfactor = 85)`,
  `create index catalog_tables_of_connection
    on tablegate.catalog_tables (tenant, connection, schema_name)`,
  `create index catalog_tables_by_table on tablegate.catalog_tables (tenant, folded_table)`,

  `create table tablegate.catalog_versions (
    tenant text not null,
    name text collate "C" not null,
    version integer not null,
    event text not null,
    at timestamptz(3) not null default now(),
    task_id text,
    run_id text,
    definition json not null,
    primary key (tenant, name, version),
    foreign key (tenant, name) references tablegate.catalog_tables (tenant, name) on delete cascade
  )`,

  // Apart from the tables, which change more often than what they are found by. The three parts are
  // written by different hands.
  `create table tablegate.catalog_search (
    tenant text not null,
    name text collate "C" not null,
    collected tsvector not null,
    classes tsvector not null default '',
    people tsvector not null default '',
    document tsvector not null generated always as (collected || classes || people) stored,
    primary key (tenant, name),
    foreign key (tenant, name) references tablegate.catalog_tables (tenant, name) on delete cascade
  )`,
  // Found at once after a collection: what is pending would be read through by every search.
  `create index catalog_search_document on tablegate.catalog_search
    using gin (document) with (fastupdate = off)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
