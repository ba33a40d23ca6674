/** A service with scripts: people with and without grants, and tables to copy. */
import path from 'node:path';
import type { Caller } from '../../../model/people';
import type { Project } from '../../../model/project';
import {
  scriptInputSchema,
  scriptPatchSchema,
  type ScriptPatch,
  type ScriptView,
} from '../../../model/script-object';
import { runSql } from '../../connectors/support/sandbox';
import { copyScript } from '../../support/sync-script-job';
import { openService, type TestService } from './service';

export interface ScriptBench {
  service: TestService;
  /** Has both grants on `analysis`. */
  ann: Caller;
  /** Has none. */
  bob: Caller;
  devProd: Project;
  basic: Project;
  grant(user: Caller, sides: { read: boolean; write: boolean }): Promise<void>;
  /** Where files of connections may lie. */
  folder: string;
  /** Runs a statement in the database of `analysis`. */
  sql(statement: string): Promise<void>;
  create(change?: Record<string, unknown>, caller?: Caller): Promise<ScriptView>;
  save(script: { id: string }, patch: ScriptPatch, caller?: Caller): Promise<ScriptView>;
  /** A script whose draft passes all checks. */
  ready(change?: Record<string, unknown>, patch?: ScriptPatch): Promise<ScriptView>;
  close(): Promise<void>;
}

export async function openScriptBench(): Promise<ScriptBench> {
  const service = await openService();
  const { scheduling, store, caller } = service;
  await store.people.ensureFirst({ keyName: 'k', keyDigest: 'd', keyPrefix: 'p' });
  const makeDeveloper = async (name: string): Promise<Caller> => {
    const role = 'developer';
    const { id: userId } = await scheduling.people.createUser(caller, { name, role });
    return { tenant: 'default', userId, name, role };
  };
  const grant = async ({ userId }: Caller, sides: { read: boolean; write: boolean }) => {
    await scheduling.people.setGrant(caller, { userId, connection: 'analysis', ...sides });
  };
  const [ann, bob] = [await makeDeveloper('Ann'), await makeDeveloper('Bob')];
  await grant(ann, { read: true, write: true });
  const file = (await store.sources.findConnection('default', 'analysis'))!.config.path as string;
  const sql = async (statement: string) => void (await runSql(file, statement));
  await sql('create table orders (id integer, name varchar, made timestamp)');
  const devProd = await scheduling.projects.create(caller, { name: 'Two', mode: 'DevProd' });
  const basic = await scheduling.projects.get(caller, 'default');
  let made = 0;
  const create = (change: Record<string, unknown> = {}, by = ann) => {
    made += 1;
    const input = {
      ...{ project: 'default', name: `Copy ${made}`, scheduleType: 'Recurring Task Node' },
      ...{ sourceType: 'duckdb', source: 'analysis', targetType: 'duckdb', target: 'analysis' },
      ...change,
    };
    return scheduling.scripts.drafts.create(by, scriptInputSchema.parse(input));
  };
  const save = ({ id }: { id: string }, patch: ScriptPatch, by = ann) =>
    scheduling.scripts.drafts.edit(by, id, scriptPatchSchema.parse(patch), null);
  return {
    ...{ service, ann, bob, devProd, basic, grant, sql, create, save },
    folder: path.dirname(file),
    ready: async (change, patch = {}) => {
      const script = await create(change);
      const runConfiguration = { timeout: 600 };
      return save(script, { text: copyScript(), runConfiguration, ...patch });
    },
    close: () => service.close(),
  };
}
