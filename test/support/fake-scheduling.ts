/**
 * A `Scheduling` that answers with samples and notes every call. A test that needs another answer
 * replaces the method: `fake.scheduling.tasks.get = () => …`.
 */
import { definitionOf } from '../../model/catalogue/collected';
import { TablegateError } from '../../model/errors';
import { roles, type Role, type TriggerCredential } from '../../model/people';
import type {
  AccessKeyService,
  BackfillService,
  CatalogueService,
  ByNumberService,
  EventService,
  IdempotencyService,
  IdentityService,
  LineageService,
  LookUpService,
  MetadataTaskService,
  Page,
  PeopleService,
  ProjectService,
  ResourceGroupService,
  RunService,
  Scheduling,
  ScriptService,
  SessionService,
  SourceService,
  SystemService,
  TaskBatchService,
  TaskService,
  TriggerService,
  WaitingService,
} from '../../scheduling/scheduling';
import {
  at,
  backfill,
  callerOf,
  catalogueTable,
  cell,
  change,
  columnSuggestion,
  connection,
  directory,
  idChain,
  instance,
  ledgerEntry,
  lookedUpUser,
  project,
  rowSample,
  script,
  scriptAnalysis,
  scriptVersion,
  run,
  runId,
  table,
  tableName,
  task,
  taskId,
  taskRow,
  total,
  triggerUrl,
  importResult,
  waitingTask,
} from './samples';

export interface FakeScheduling {
  scheduling: Scheduling;
  /** Calls so far, as `tasks.create` with its arguments. */
  calls: { name: string; args: unknown[] }[];
  callsOf(name: string): unknown[][];
}

/** The key that a caller of this role sends. */
export const keyOf = (role: Role): string => `${role}-key`;

/** What a vendor's caller of this role sends, by type. */
export const credentialOf = (role: Role, type: TriggerCredential['type']): string =>
  ({
    ...{ UID: `${role}-id`, ACCOUNT: `${role}-account` },
    ...{ TOKEN: keyOf(role), APIKEY: keyOf(role) },
  })[type];

/** The code that signs a role in. */
export const codeOf = (role: Role): string => `${role}-code`;

/** The token in the cookie of a role's session. */
export const sessionTokenOf = (role: Role): string => `${role}-session`.padEnd(43, '_');

/** What has to go beside that cookie. */
export const csrfTokenOf = (role: Role): string => `${role}-csrf`;

export function fakeScheduling(): FakeScheduling {
  const calls: FakeScheduling['calls'] = [];
  const noted = <Service extends object>(group: string, service: Service): Service =>
    new Proxy(service, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          calls.push({ name: `${group}.${String(name)}`, args });
          return Reflect.apply(method, target, args);
        };
      },
    });
  return {
    calls,
    callsOf: (name) => calls.filter((call) => call.name === name).map(({ args }) => args),
    scheduling: {
      tasks: noted('tasks', fakeTasks()),
      triggers: noted('triggers', fakeTriggers()),
      runs: noted('runs', fakeRuns()),
      waiting: noted('waiting', fakeWaiting()),
      backfills: noted('backfills', fakeBackfills()),
      lineage: noted('lineage', fakeLineage()),
      lookUps: noted('lookUps', fakeLookUps()),
      sources: noted('sources', fakeSources()),
      catalogue: noted('catalogue', fakeCatalogue()),
      projects: noted('projects', fakeProjects()),
      scripts: fakeScripts(noted),
      people: noted('people', fakePeople()),
      sessions: noted('sessions', fakeSessions()),
      accessKeys: noted('accessKeys', fakeAccessKeys()),
      identity: noted('identity', fakeIdentity()),
      metadataTasks: noted('metadataTasks', fakeMetadataTasks()),
      byNumber: noted('byNumber', fakeByNumber()),
      taskBatches: noted('taskBatches', fakeTaskBatches()),
      resourceGroups: noted('resourceGroups', fakeResourceGroups()),
      events: noted('events', fakeEvents()),
      system: noted('system', fakeSystem()),
      idempotency: noted('idempotency', fakeIdempotency()),
    },
  };
}

function page<Item>(...items: Item[]): Promise<Page<Item>> {
  return Promise.resolve({ items, nextPageToken: null });
}

function fakeTasks(): TaskService {
  const answer = () => Promise.resolve(task);
  return {
    draft: (_caller, { id, tables }) =>
      Promise.resolve({
        id: id ?? taskId,
        expiresAt: at,
        triggerUrls: tables.map((name) => ({ table: name, url: triggerUrl.url })),
      }),
    create: answer,
    importTasks: () => Promise.resolve(importResult),
    get: answer,
    list: () => Promise.resolve({ items: [taskRow], nextPageToken: null, total }),
    named: () => Promise.resolve({ items: [{ ...taskRow, removed: false }] }),
    edit: answer,
    replace: answer,
    remove: () => Promise.resolve(),
    pause: answer,
    resume: answer,
    resetGate: answer,
    triggerUrls: () => Promise.resolve({ items: [triggerUrl] }),
    rotate: (_caller, _id, name) => Promise.resolve({ ...triggerUrl, table: name }),
  };
}

function fakeTriggers(): TriggerService {
  return {
    callUrl: ({ receipt, scheduleTime }) =>
      Promise.resolve({ receipt, taskId, tenant: 'default', scheduleTime }),
    call: (_caller, id, { receipt, scheduleTime }) =>
      Promise.resolve({ receipt, taskId: id, tenant: 'default', scheduleTime }),
    callTable: () => Promise.resolve({ marks: 1 }),
    outcome: () =>
      Promise.resolve({ outcome: 'counted', waitingFor: ['crm.main.orders'], runId: null }),
    ledger: () => page(ledgerEntry),
    apply: () => Promise.resolve(ledgerEntry),
  };
}

function fakeRuns(): RunService {
  const answer = () => Promise.resolve(run);
  return {
    start: answer,
    startWithPresent: answer,
    get: answer,
    list: () => page(run),
    log: () => Promise.resolve({ items: [{ at, level: 'info', line: 'reading' }] }),
    cancel: answer,
    rerun: () =>
      Promise.resolve({ backfillId: backfill.id, run, scheduleTime: at, attempt: run.attempt }),
    instances: () => page(instance),
    tableInstances: () => page(instance),
  };
}

function fakeWaiting(): WaitingService {
  return {
    board: () => Promise.resolve({ items: [waitingTask], nextPageToken: null, total }),
  };
}

function fakeLineage(): LineageService {
  return {
    graph: () =>
      Promise.resolve({
        nodes: { tasks: [{ id: taskId, name: 'Unify', kind: 'triggered' }], tables: [tableName] },
        edges: [{ from: tableName, to: taskId, kind: 'reads' }],
        total: { tasks: 1, tables: 1, edges: 1 },
        truncated: false,
      }),
  };
}

function fakeLookUps(): LookUpService {
  return {
    user: () => Promise.resolve(lookedUpUser),
    chain: (_caller, _id, { from, to }) => Promise.resolve({ ...idChain, from, to }),
  };
}

function fakeBackfills(): BackfillService {
  const answer = () => Promise.resolve(backfill);
  return {
    plan: () => {
      const { state: _state, runId: _runId, ...planned } = cell;
      const marks = [{ taskId, table: tableName, scheduleTime: at }];
      return Promise.resolve({ cells: [planned], marks, count: 1, estimatedSeconds: 1.5 });
    },
    create: answer,
    createAll: (_caller, requests) => Promise.resolve(requests.map(() => backfill.id)),
    get: answer,
    list: () => page(backfill),
    cells: () => page(cell),
    pause: answer,
    resume: answer,
    cancel: answer,
    retryFailed: answer,
    triggerTable: () => Promise.resolve({ backfillId: backfill.id, cells: 2, marks: 0 }),
  };
}

function fakeSources(): SourceService {
  return {
    types: () => [
      {
        type: 'files',
        capabilities: {
          ...{ read: true, write: false, upsert: false, ddlInTransaction: false },
          ...{ parallelRead: false, dialect: null },
        },
        configSchema: { type: 'object' },
        secretFields: [],
      },
    ],
    createConnection: () => Promise.resolve(connection),
    replaceConnection: () => Promise.resolve(connection),
    connection: () => Promise.resolve(connection),
    connections: () => page(connection),
    removeConnection: () => Promise.resolve(),
    testConnection: () => Promise.resolve({ ok: true, message: null }),
    testConfig: () => Promise.resolve({ ok: true, message: null }),
    rows: () => Promise.resolve(rowSample),
    suggestions: () => Promise.resolve({ columns: [columnSuggestion] }),
    connectionTables: () => Promise.resolve({ items: [{ name: tableName, registered: true }] }),
    tables: () => page(table),
    table: (_caller, name) =>
      Promise.resolve({ ...table, name, columns: [{ name: 'mobile', type: 'VARCHAR' }] }),
    putTable: (_caller, name) => Promise.resolve({ ...table, name }),
    putIdMapping: (_caller, name, idMapping) => Promise.resolve({ ...table, name, idMapping }),
    removeTable: () => Promise.resolve(),
  };
}

function fakeCatalogue(): CatalogueService {
  const { columns, tasks: _tasks, ...listed } = catalogueTable;
  const version = {
    ...{ version: 1, event: 'added' as const, at, taskId, runId, changes: [] },
    definition: definitionOf({ kind: 'table', columns: [] }),
  };
  return {
    search: () =>
      Promise.resolve({ items: [{ ...listed, matchingColumns: columns }], more: false }),
    tables: () => Promise.resolve({ items: [listed], nextPageToken: null, total }),
    choices: () =>
      Promise.resolve({ connections: ['crm'], schemas: [], tags: [], classes: [], owners: [] }),
    table: () => Promise.resolve(catalogueTable),
    versions: () => page(version),
    version: () => Promise.resolve(version),
    edit: () => Promise.resolve(catalogueTable),
    async *export() {
      yield '{"items":[';
      yield `${JSON.stringify(catalogueTable)}],"nextPageToken":null}`;
    },
  };
}

function fakeProjects(): ProjectService {
  const workspace = { id: 'default', project: project.id, name: 'default', createdAt: at };
  const member = { userId: 'u1', name: 'Ada', addedAt: at };
  const answer = () => Promise.resolve(project);
  const directories: ProjectService['directories'] = {
    list: () => Promise.resolve({ items: [directory] }),
    get: () => Promise.resolve(directory),
    create: () => Promise.resolve(directory),
    change: () => Promise.resolve(directory),
    remove: () => Promise.resolve(),
    requireIn: () => Promise.resolve(),
  };
  return {
    directories: directories,
    ofMember: () => Promise.resolve({ items: [project] }),
    create: answer,
    list: () => page(project),
    get: answer,
    rename: answer,
    remove: () => Promise.resolve(),
    workspaces: () => Promise.resolve({ items: [workspace] }),
    createWorkspace: () => Promise.resolve(workspace),
    removeWorkspace: () => Promise.resolve(),
    members: () => Promise.resolve({ items: [member] }),
    addMember: () => Promise.resolve(member),
    removeMember: () => Promise.resolve(),
  };
}

type Noting = <Service extends object>(group: string, service: Service) => Service;

function fakeScripts(noted: Noting): ScriptService {
  const answer = () => Promise.resolve(script);
  const { text: _text, ...row } = script;
  const problem = { path: '', message: 'this is not JSON', offset: 0, line: 1, column: 1 };
  const validation = {
    ...{ valid: false, problems: [{ ...problem, severity: 'error' as const }] },
    ...{ reads: [], writes: [], values: {}, unresolved: ['day'] },
  };
  const entry = { id: '1', at, actor: 'Ada', action: 'script.submit', target: 'x', detail: {} };
  const { lines } = { lines: [{ kind: 'added' as const, text: '{}' }] };
  return {
    drafts: noted('scripts.drafts', {
      create: answer,
      get: answer,
      list: () => page(row),
      tree: () => Promise.resolve({ directories: [directory], scripts: [row], truncated: false }),
      edit: answer,
    }),
    versions: noted('scripts.versions', {
      list: () => page(scriptVersion),
      get: () => Promise.resolve(scriptVersion),
      diff: (_caller, _id, { from, to }) =>
        Promise.resolve({
          ...{ from, to, hunks: [{ fromLine: 1, toLine: 1, lines }], unified: '+{}' },
          settings: [{ path: 'scheduleParameters', from: [], to: null }],
        }),
      history: () => page(entry),
    }),
    validator: noted('scripts.validator', {
      validate: () => Promise.resolve(validation),
      validateText: () => Promise.resolve(validation),
      preview: () =>
        Promise.resolve({
          ...{ scheduleTime: at, timezone: 'UTC', unresolved: [] },
          parameters: [{ name: 'day', value: '$bizdate', result: '20260101', problem: null }],
        }),
    }),
    life: noted('scripts.life', {
      check: () => Promise.resolve(scriptAnalysis),
      submit: () => Promise.resolve({ ...scriptAnalysis, script, version: 1 }),
      publish: answer,
      unpublish: answer,
      rollBack: answer,
      remove: () => Promise.resolve(),
    }),
    operationCenter: noted('scripts.operationCenter', {
      list: () => page({ script: row, task: taskRow }),
      scriptOf: () => {
        const { author, authorName, createdAt, text } = scriptVersion;
        const { id: scriptId } = script;
        return Promise.resolve({
          ...{ scriptId, version: 1, isObject: true, text, parameters: [] },
          ...{ author, authorName, createdAt },
        });
      },
    }),
  };
}

function fakePeople(): PeopleService {
  const user = {
    ...({ id: 'u1', name: 'Ada', role: 'developer', createdAt: at } as const),
    account: null,
    identityTriggers: false,
  };
  const key = {
    id: 'k1',
    userId: 'u1',
    name: 'ci',
    prefix: 'tg_1',
    createdAt: at,
    lastUsedAt: null,
  };
  const tenant = { id: 'default', name: 'Default', createdAt: at };
  const entry = { id: '1', at, actor: 'Ada', action: 'task.create', target: runId, detail: {} };
  return {
    authenticate: (sent) => {
      const role = roles.find((known) => keyOf(known) === sent);
      return Promise.resolve(role ? callerOf(role) : null);
    },
    authenticateTrigger: ({ tenant, type, value }) => {
      const role = roles.find((known) => credentialOf(known, type) === value);
      return Promise.resolve(role && tenant === 'default' ? callerOf(role) : null);
    },
    tenants: () => page(tenant),
    createTenant: () => Promise.resolve({ tenant, adminKey: 'tg_admin_of_tenant' }),
    createUser: () => Promise.resolve(user),
    users: () => page(user),
    user: () => Promise.resolve(user),
    updateUser: () => Promise.resolve(user),
    removeUser: () => Promise.resolve(),
    grants: (_caller, userId) =>
      Promise.resolve({ items: [{ userId, connection: 'crm', read: true, write: false }] }),
    setGrant: (_caller, grant) => Promise.resolve(grant),
    removeGrant: () => Promise.resolve(),
    createKey: () => Promise.resolve({ ...key, secret: 'tg_secret_of_key' }),
    keys: () => page(key),
    removeKey: () => Promise.resolve(),
    audit: () => page(entry),
  };
}

function fakeSessions(): SessionService {
  const sessionOf = (role: Role) => ({
    ...{ caller: callerOf(role), csrfToken: csrfTokenOf(role), expiresAt: at },
  });
  return {
    signIn: (credential) => {
      const sent = 'key' in credential ? credential.key : credential.code;
      const role = roles.find((known) => [keyOf(known), codeOf(known)].includes(sent));
      if (role) return Promise.resolve({ ...sessionOf(role), token: sessionTokenOf(role) });
      return Promise.reject(new TablegateError('notAuthenticated', 'The key is not valid'));
    },
    find: (token) => {
      const role = roles.find((known) => sessionTokenOf(known) === token);
      return Promise.resolve(role ? sessionOf(role) : null);
    },
    signOut: () => Promise.resolve(),
    makeCode: ({ role }) =>
      Promise.resolve({ code: codeOf(role), url: `/sign-in?code=${codeOf(role)}`, expiresAt: at }),
  };
}

/** The secret of the access key of each role, whose id is `accessKeyIdOf(role)`. */
export const accessSecretOf = (role: Role): string => `${role}-secret`;

export const accessKeyIdOf = (role: Role): string => `TGAK-${role}`;

function fakeAccessKeys(): AccessKeyService {
  const nonces = new Set<string>();
  const key = { id: 'TGAK1', userId: 'u1', name: 'sdk', createdAt: at, lastUsedAt: null };
  return {
    create: () => Promise.resolve({ ...key, secret: 's3cr3t' }),
    list: () => page(key),
    remove: () => Promise.resolve(),
    secretOf: (id) => {
      const role = roles.find((known) => accessKeyIdOf(known) === id);
      return Promise.resolve(
        role ? { secret: accessSecretOf(role), caller: callerOf(role) } : null,
      );
    },
    noteUse: () => Promise.resolve(),
    takeNonce: (_id, nonce) => Promise.resolve(!nonces.has(nonce) && nonces.add(nonce).size > 0),
  };
}

function fakeByNumber(): ByNumberService {
  const numbered = { number: '7', run, task };
  const steps = (_caller: unknown, numbers: readonly string[]) =>
    Promise.resolve(numbers.map((number) => ({ number, error: null })));
  return {
    task: () => Promise.resolve({ task, upstream: ['2'] }),
    tasks: () => Promise.resolve({ items: [task], total: 1 }),
    removeTask: () => Promise.resolve(),
    instance: () => Promise.resolve(numbered),
    instances: () => Promise.resolve({ items: [numbered], total: 1 }),
    log: () => Promise.resolve([`${at} INFO reading`]),
    rerun: steps,
    stop: steps,
    bringAbout: () => Promise.resolve(),
    supplement: (_caller, { ranges }) => Promise.resolve(ranges.map(() => backfill.id)),
    supplemented: () => Promise.resolve({ numbers: ['3'], instances: ['7'] }),
  };
}

function fakeTaskBatches(): TaskBatchService {
  return { update: (_caller, entries) => Promise.resolve(entries.map(() => ({ error: null }))) };
}

function fakeResourceGroups(): ResourceGroupService {
  const group = { name: 'etl', taskQueue: 'etl', createdAt: at };
  return {
    create: () => Promise.resolve(group),
    list: () => page(group),
    remove: () => Promise.resolve(),
  };
}

/** The token of the identity service that stands for a role. */
export const identityTokenOf = (role: Role): string => `${role}-token`;

function fakeIdentity(): IdentityService {
  return {
    issue: (claim) => {
      const sent = claim.method === 'password' ? claim.password : claim.secret;
      const role = roles.find((known) => [keyOf(known), accessSecretOf(known)].includes(sent));
      if (!role) return Promise.reject(new TablegateError('notAuthenticated', 'No such key'));
      return Promise.resolve({
        ...{ token: identityTokenOf(role), caller: callerOf(role), project: null },
        tenant: { id: 'default', name: 'Default', createdAt: at },
        ...{ issuedAt: at, expiresAt: at },
      });
    },
    find: (token) => {
      const role = roles.find((known) => identityTokenOf(known) === token);
      return Promise.resolve(role ? { caller: callerOf(role), project: null } : null);
    },
  };
}

/** A collection task as DataArts' clients read it. */
const collectionTask = {
  ...{ name: 'Test collection 110', user_id: 'u1', dir_id: '0', data_source_type: 'DLI' },
  ...{ schedule_config: {}, task_config: {} },
};

function fakeMetadataTasks(): MetadataTaskService {
  return {
    enter: () => Promise.resolve(),
    requireWorkspace: () => Promise.resolve(),
    create: () => Promise.resolve({ taskId }),
    get: (_place, id) => Promise.resolve({ ...collectionTask, id }),
    replace: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    search: () =>
      Promise.resolve({
        ...{ count: 1, total_records: 1, max_records: 9 },
        resources: [{ ...collectionTask, id: taskId }],
      }),
    act: () => Promise.resolve(),
    log: () =>
      Promise.resolve({
        ...{ enable_bridge: true, enable_profile: false, enable_classification: false },
        ...{ bridge_status: 'RUNNING', profile_status: null, classification_status: null },
        ...{ bridge_job_log: 'reading', profile_job_log: null, classification_job_log: null },
      }),
  };
}

/** A stream that tells of one change and is over. */
function fakeEvents(): EventService {
  return {
    subscribe: (_caller, _lastId, listener) => {
      listener({ type: 'ready', id: 'e-0' });
      listener({ type: 'change', id: 'e-1', change });
      listener({ type: 'end', id: 'e-1' });
      return () => undefined;
    },
    close: () => undefined,
  };
}

function fakeSystem(): SystemService {
  return {
    previewRecurrence: () => ({
      times: [{ time: '2026-03-29T03:30:00+02:00', note: 'the clocks went forward' }],
      dstRule: 'a rule',
      timezone: 'Europe/Berlin',
    }),
    jobTypes: () => [
      { type: 'id-mapping', title: 'ID mapping', needsIdMapping: true, configSchema: {} },
    ],
    webhookSecret: () => Promise.resolve({ secret: 'whsec_c2VjcmV0' }),
    ready: () => Promise.resolve(),
  };
}

/** Keeps keys for the length of a test, as the store does for a day. */
function fakeIdempotency(): IdempotencyService {
  const kept = new Map<
    string,
    { digest: string; reply: { status: number; body: unknown } | null }
  >();
  return {
    claim: (_caller, key, digest) => {
      const known = kept.get(key);
      if (!known) {
        kept.set(key, { digest, reply: null });
        return Promise.resolve({ state: 'fresh' });
      }
      if (known.digest !== digest) return Promise.resolve({ state: 'other' });
      if (!known.reply) return Promise.resolve({ state: 'running' });
      // The store gives back what JSON keeps.
      const body = JSON.parse(JSON.stringify(known.reply.body ?? null)) as unknown;
      return Promise.resolve({ state: 'done', status: known.reply.status, body });
    },
    finish: (_caller, key, status, body) => {
      kept.get(key)!.reply = { status, body };
      return Promise.resolve();
    },
    release: (_caller, key) => {
      kept.delete(key);
      return Promise.resolve();
    },
  };
}
