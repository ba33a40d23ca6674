/** Projects with what is in them, and scripts with their versions. */
import { sql, type Kysely } from 'kysely';

const projects = [
  `create table tablegate.projects (
    tenant text not null,
    id text not null,
    name text not null,
    folded_name text not null,
    mode text not null,
    created_at timestamptz(3) not null default now(),
    primary key (tenant, id)
  )`,
  `create unique index projects_name on tablegate.projects (tenant, folded_name)`,
  `create index projects_newest on tablegate.projects (tenant, created_at, id)`,
  `create table tablegate.workspaces (
    tenant text not null,
    project text not null,
    id text not null,
    name text not null,
    created_at timestamptz(3) not null default now(),
    primary key (tenant, project, id),
    constraint workspaces_project foreign key (tenant, project)
      references tablegate.projects (tenant, id) on delete cascade
  )`,
  `create unique index workspaces_name on tablegate.workspaces (tenant, project, name)`,
  `create table tablegate.project_members (
    tenant text not null,
    project text not null,
    user_id text not null,
    added_at timestamptz(3) not null default now(),
    primary key (tenant, project, user_id),
    constraint project_members_project foreign key (tenant, project)
      references tablegate.projects (tenant, id) on delete cascade,
    constraint project_members_user foreign key (tenant, user_id)
      references tablegate.users (tenant, id) on delete cascade
  )`,
  `create index project_members_of_user on tablegate.project_members (tenant, user_id)`,
  // The root, "0", is not stored.
  `create table tablegate.directories (
    tenant text not null,
    project text not null,
    id text not null,
    parent text not null,
    name text not null,
    created_at timestamptz(3) not null default now(),
    primary key (tenant, id),
    constraint directories_project foreign key (tenant, project)
      references tablegate.projects (tenant, id)
  )`,
  `create unique index directories_name on tablegate.directories (tenant, project, parent, name)`,
  // Every tenant begins with these; the first tenant may be made after its tables.
  `insert into tablegate.projects (tenant, id, name, folded_name, mode)
    select id, 'default', 'Default', 'default', 'Basic' from tablegate.tenants
    union select 'default', 'default', 'Default', 'default', 'Basic'`,
  `insert into tablegate.workspaces (tenant, project, id, name)
    select tenant, id, 'default', 'default' from tablegate.projects`,
];

const scripts = [
  // The text and the settings are the draft: what was submitted is in the versions. Tasks are named
  // here before they are made, so that two calls at once make one.
  `create table tablegate.scripts (
    tenant text not null,
    id text not null,
    number bigint not null,
    project text not null,
    directory text not null,
    name text not null,
    folded_name text not null,
    environment text not null,
    schedule_type text not null,
    origin json not null,
    text text not null,
    config json not null,
    draft_digest text not null,
    revision bigint not null default 1,
    submitted_version integer,
    submitted_digest text,
    published_version integer,
    dev_task text,
    prod_task text,
    created_by text not null,
    created_at timestamptz(3) not null default now(),
    updated_by text not null,
    updated_at timestamptz(3) not null default now(),
    published_at timestamptz(3),
    primary key (tenant, id),
    constraint scripts_project foreign key (tenant, project)
      references tablegate.projects (tenant, id)
  )`,
  `create unique index scripts_name on tablegate.scripts (tenant, project, directory, name)`,
  `create index scripts_newest on tablegate.scripts (tenant, created_at, id)`,
  `create index scripts_published on tablegate.scripts (tenant, published_at, id)
    where published_at is not null`,
  // A version is never changed. Those of a plain task go by the id of the task.
  `create table tablegate.script_versions (
    tenant text not null,
    script_id text not null,
    version integer not null,
    text text not null,
    config json not null,
    analysis json not null,
    remarks text not null,
    author text not null,
    author_name text not null,
    created_at timestamptz(3) not null default now(),
    primary key (tenant, script_id, version)
  )`,
];

const statements = [projects, scripts].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
