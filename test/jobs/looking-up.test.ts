import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { IdChain, LookedUpId, LookedUpUser } from '../../model/look-up';
import type { ErrorCode } from '../../model/errors';
import { fenceOf } from '../../model/fence';
import { rejection, Sandbox } from '../connectors/support/sandbox';
import {
  analysisFile,
  askResult,
  readResult,
  runIdMapping,
  textTable,
  type JobRun,
} from './support/run-job';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const crm = () => ({ crm: { type: 'files', config: { path: sandbox.root } } });

/** Tables of `crm`: `mobile=phone` names a column and the type of its IDs. */
function task(tables: Record<string, string[]>, run: Partial<JobRun> = {}): JobRun {
  return {
    tables: Object.entries(tables).map(([name, columns]) => ({
      name: `crm.main.${name}`,
      idMapping: columns.map((text) => {
        const [column = '', idType = ''] = text.split('=');
        return { column, idType };
      }),
    })),
    connections: crm(),
    ...run,
  };
}

/** `phone:0138` */
function idOf(text: string): LookedUpId {
  const colon = text.indexOf(':');
  return { idType: text.slice(0, colon), value: text.slice(colon + 1) };
}
const textOf = ({ idType, value }: LookedUpId) => `${idType}:${value}`;

async function userOf(run: JobRun, id: string): Promise<LookedUpUser> {
  const { answer } = await askResult(sandbox, run, { about: 'user', id: idOf(id) });
  if (answer.kind !== 'user') throw new Error(JSON.stringify(answer));
  return answer.user;
}

async function chainOf(run: JobRun, from: string, to: string): Promise<IdChain> {
  const question = { about: 'chain', from: idOf(from), to: idOf(to) } as const;
  const { answer } = await askResult(sandbox, run, question);
  if (answer.kind !== 'chain') throw new Error(JSON.stringify(answer));
  return answer.chain;
}

/** Each step of a chain: `phone:0138 -customers-> email:ann@x.org`. */
function stepsOf({ links }: IdChain): string[] {
  return links.map(({ table, from, to }) => {
    return `${textOf(from)} -${table.replace('crm.main.', '')}-> ${textOf(to)}`;
  });
}

async function expectRefusal(
  run: JobRun,
  [from, to]: [from: string, to?: string],
  code: ErrorCode,
  says: string | RegExp,
): Promise<void> {
  const { answer } = await askResult(
    sandbox,
    run,
    to === undefined
      ? { about: 'user', id: idOf(from) }
      : { about: 'chain', from: idOf(from), to: idOf(to) },
  );
  expect(answer).toMatchObject({ kind: 'refused', code });
  const { detail } = answer as { detail: string };
  expect(detail).toMatch(says);
}

const shop = {
  customers: ['mobile=phone', 'mail=email'],
  orders: ['mobile=phone'],
  members: ['member=member_id', 'mail=email'],
};

function writeShop(): void {
  sandbox.write('customers.csv', 'mobile,mail\n0138,Ann@x.org\n 0138,ann@X.org\n0139,bob@x.org\n');
  sandbox.write('orders.csv', 'order,mobile\n1, 0138\n2,0138\n3,0140\n');
  sandbox.write('members.csv', 'member,mail\nM1,ANN@x.org\nM2,\n');
}

describe('the user behind an ID', () => {
  it('is found by every ID of a result, of whatever characters and long ones too', async () => {
    const cards = ["tab\there 'n'", 'line\r\nbreak', 'N\0UL', '\u0085next', '界'.repeat(1_500)];
    const rows = [...cards.map((card) => [card, 'a@x.org']), ['N', 'b@x.org']];
    const config = { name: 'cards', tables: { 'main.t': textTable(['card', 'mail'], rows) } };
    const run = task(
      { t: ['card=card', 'mail=email'] },
      { connections: { crm: { type: 'fake', config } } },
    );
    await runIdMapping(sandbox, run);
    const result = await readResult(sandbox);
    const ofCards = result.filter(({ id_type: idType }) => idType === 'card');
    expect(ofCards).toHaveLength(6);
    for (const { one_id: oneId, id_value: value } of ofCards) {
      expect(await userOf(run, `card:${value}`)).toMatchObject({ oneId });
    }
    await expectRefusal(run, ['card:N\0X'], 'idNotFound', 'in no table of the task');
    const chain = await chainOf(run, `card:${cards[2]}`, `card:${cards[4]}`);
    expect(chain.length).toBe(2);
  });

  it('comes with all IDs, those in most rows first, and the tables that hold them', async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop, { runId: 'r7' }));
    const [{ one_id: oneId } = { one_id: '' }] = await readResult(sandbox);
    expect(await userOf(task(shop), 'email:  aNN@x.org')).toEqual({
      ...{ oneId, runId: 'r7', idCount: 3, truncated: false },
      changes: [{ change: 'new', oneId, otherOneId: null, ids: 3, runId: 'r7' }],
      ids: [
        {
          ...{ idType: 'phone', value: '0138', firstTable: 'crm.main.customers' },
          tables: [
            { table: 'crm.main.customers', rows: 2 },
            { table: 'crm.main.orders', rows: 2 },
          ],
        },
        {
          ...{ idType: 'email', value: 'ann@x.org', firstTable: 'crm.main.customers' },
          tables: [
            { table: 'crm.main.customers', rows: 2 },
            { table: 'crm.main.members', rows: 1 },
          ],
        },
        {
          ...{ idType: 'member_id', value: 'M1', firstTable: 'crm.main.members' },
          tables: [{ table: 'crm.main.members', rows: 1 }],
        },
      ],
      tables: [
        { table: 'crm.main.customers', rows: 2 },
        { table: 'crm.main.orders', rows: 2 },
        { table: 'crm.main.members', rows: 1 },
      ],
    });
  });

  it('counts a row once that holds an ID in two columns', async () => {
    sandbox.write('customers.csv', 'home,work\n1,1\n1,2\n,1\n');
    const run = task({ customers: ['home=phone', 'work=phone'] });
    await runIdMapping(sandbox, run);
    const { ids, tables } = await userOf(run, 'phone:2');
    expect(ids.map(({ value, tables: [first] }) => [value, first?.rows])).toEqual([
      ['1', 3],
      ['2', 1],
    ]);
    expect(tables.map(({ rows }) => rows)).toEqual([3]);
  });

  it('lists a thousand IDs of a user with more, and counts all', async () => {
    const rows = Array.from({ length: 1_500 }, (_, n) => `0138,p${n}@x.org\n`);
    sandbox.write('customers.csv', `mobile,mail\n${rows.join('')}`);
    const run = task(
      { customers: ['mobile=phone', 'mail=email'] },
      { config: { maxSharedBy: 9_999 } },
    );
    await runIdMapping(sandbox, run);
    const user = await userOf(run, 'email:p1499@x.org');
    expect(user).toMatchObject({ idCount: 1_501, truncated: true });
    expect(user.ids).toHaveLength(1_000);
    expect(user.ids[0]?.value).toBe('0138');
  });

  it('shows an ID that no table holds any more with no tables', async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop));
    sandbox.write('members.csv', 'member,mail\n');
    const { ids, idCount } = await userOf(task(shop), 'phone:0138');
    expect(idCount).toBe(3);
    expect(ids.at(-1)).toMatchObject({ value: 'M1', firstTable: 'crm.main.members', tables: [] });
  });

  it('comes with what the run did to it, where the target holds that', async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop, { runId: 'r7' }));
    const [{ one_id: former } = { one_id: '' }] = await readResult(sandbox);
    sandbox.write('members.csv', 'member,mail\nM1,other@x.org\nM2,\n');
    await runIdMapping(sandbox, task(shop, { runId: 'r8', fence: 2n }));
    const { oneId, changes } = await userOf(task(shop), 'member_id:M1');
    expect(oneId).not.toBe(former);
    expect(changes).toEqual([
      { change: 'new', oneId, otherOneId: null, ids: 2, runId: 'r8' },
      { change: 'split', oneId, otherOneId: former, ids: 1, runId: 'r8' },
    ]);
  });
});

describe('the chain between two IDs', () => {
  it('names the rows of each table that join them, and how many there are', async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop, { runId: 'r7' }));
    const chain = await chainOf(task(shop), 'phone: 0138', 'member_id:M1');
    const [phone, email, member] = ['phone:0138', 'email:ann@x.org', 'member_id:M1'].map(idOf);
    expect(chain).toMatchObject({
      runId: 'r7',
      from: phone,
      to: member,
      length: 2,
      truncated: false,
    });
    expect(chain.links).toEqual([
      {
        ...{ table: 'crm.main.customers', from: phone, to: email, rows: 2 },
        row: [
          { column: 'mobile', ...phone },
          { column: 'mail', ...email },
        ],
      },
      {
        ...{ table: 'crm.main.members', from: email, to: member, rows: 1 },
        row: [
          { column: 'member', ...member },
          { column: 'mail', ...email },
        ],
      },
    ]);
  });

  it('is the one with fewest rows', async () => {
    sandbox.write('a.csv', 'p,q\n1,2\n2,3\n3,4\n');
    sandbox.write('b.csv', 'p,q\n1,3\n');
    const run = task({ a: ['p=phone', 'q=phone'], b: ['p=phone', 'q=phone'] });
    await runIdMapping(sandbox, run);
    expect(stepsOf(await chainOf(run, 'phone:1', 'phone:4'))).toEqual([
      'phone:1 -b-> phone:3',
      'phone:3 -a-> phone:4',
    ]);
  });

  it('is, of several, the one by the earlier table, then by the first value', async () => {
    sandbox.write('a.csv', 'p,q\n1,9\n1,7\n1,8\n7,4\n8,4\n9,4\n');
    sandbox.write('b.csv', 'p,q\n1,5\n5,4\n');
    const both = ['p=phone', 'q=phone'];
    await runIdMapping(sandbox, task({ a: both, b: both }));
    const chain = () => chainOf(task({ a: both, b: both }), 'phone:1', 'phone:4');
    expect(stepsOf(await chain())).toEqual(['phone:1 -a-> phone:7', 'phone:7 -a-> phone:4']);
    sandbox.write('a.csv', 'p,q\n9,4\n8,4\n7,4\n1,8\n1,7\n1,9\n');
    expect(stepsOf(await chain())).toEqual(['phone:1 -a-> phone:7', 'phone:7 -a-> phone:4']);
    expect(stepsOf(await chainOf(task({ b: both, a: both }), 'phone:1', 'phone:4'))).toEqual([
      'phone:1 -b-> phone:5',
      'phone:5 -b-> phone:4',
    ]);
  });

  it('shows of a row what it holds of the user, and counts rows that hold more besides', async () => {
    sandbox.write('a.csv', 'p,q,r\n1,2,5\n1,2,3\n2,1,\n');
    const run = task({ a: ['p=phone', 'q=phone', 'r=phone'] });
    await runIdMapping(sandbox, run);
    const { links } = await chainOf(run, 'phone:2', 'phone:1');
    expect(links).toHaveLength(1);
    expect(links[0]).toMatchObject({ rows: 3 });
    expect(links[0]?.row.map(({ column, value }) => `${column}=${value}`)).toEqual([
      'p=1',
      'q=2',
      'r=3',
    ]);
  });

  it('of an ID with itself is empty', async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop));
    const chain = await chainOf(task(shop), 'email:ANN@x.org', 'email:ann@x.org ');
    expect(chain).toMatchObject({ length: 0, links: [], from: chain.to });
  });

  it('lists a thousand links of a longer one, and counts all', async () => {
    const rows = Array.from({ length: 1_200 }, (_, n) => `${n},${n + 1}\n`);
    sandbox.write('a.csv', `p,q\n${rows.join('')}`);
    const run = task({ a: ['p=phone', 'q=phone'] });
    await runIdMapping(sandbox, run);
    const chain = await chainOf(run, 'phone:0', 'phone:1200');
    expect(chain).toMatchObject({ length: 1_200, truncated: true });
    expect(chain.links).toHaveLength(1_000);
    expect(chain.links.at(-1)).toMatchObject({ to: { value: '1000' } });
  });

  it('does not lead through an ID that was left out', async () => {
    const shared = Array.from({ length: 6 }, (_, n) => `0049,m${n}@x.org\n`);
    sandbox.write('customers.csv', `mobile,mail\n${shared.join('')}`);
    sandbox.write('members.csv', 'member,mail\nM0,m0@x.org\nM1,m0@x.org\nM1,m1@x.org\n');
    const run = task(
      { customers: ['mobile=phone', 'mail=email'], members: ['member=member_id', 'mail=email'] },
      { config: { maxSharedBy: 5 } },
    );
    await runIdMapping(sandbox, run);
    expect(stepsOf(await chainOf(run, 'email:m0@x.org', 'email:m1@x.org'))).toEqual([
      'email:m0@x.org -members-> member_id:M1',
      'member_id:M1 -members-> email:m1@x.org',
    ]);
    await expectRefusal(run, ['email:m0@x.org', 'email:m2@x.org'], 'differentUsers', 'm2@x.org');
  });
});

it('two IDs of one row are two users where theirs was taken apart, and the refusal says how', async () => {
  sandbox.write('cards.csv', 'card,mobile\nC1,0138\nC2,0138\n');
  const run = task(
    { cards: ['card=card', 'mobile=phone'] },
    { config: { idTypes: { card: { maxPerUser: 1, overMax: 'apart' } } } },
  );
  await runIdMapping(sandbox, run);
  const says =
    /^The two are different users in the latest result: .* a guard rail of the task keeps/;
  await expectRefusal(run, ['card:C1', 'phone:0138'], 'differentUsers', says);
});

describe('a question that has no answer is refused in a sentence', () => {
  beforeEach(async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop, { runId: 'former' }));
  });

  it('where there is no result yet', async () => {
    const other = task(shop, { config: { output: 'main.other' } });
    const says =
      'There is no result yet: analysis.main.other is not there; start a run of the task';
    await expectRefusal(other, ['phone:0138'], 'noResult', says);
    await expectRefusal(other, ['phone:0138', 'phone:0139'], 'noResult', says);
  });

  it.each([
    ['in no table', 'phone:9', 'phone "9" is not in analysis.main.id_mapping_42, and in no table'],
    ['blank', 'phone:\u00a0 ', 'is blank: it names nobody'],
    ['of a type that the task does not have', 'x:1', 'of the types email, member_id, phone.'],
    ['of a value and type that do not go together', 'member_id:0138', 'and in no table'],
  ])('where the ID is %s', async (_, id, says) => {
    await expectRefusal(task(shop), [id], 'idNotFound', says);
    await expectRefusal(task(shop), ['phone:0138', id], 'idNotFound', says);
  });

  it('where the ID was left out, naming the tables that hold it', async () => {
    const run = task(shop, { config: { maxSharedBy: 1 }, fence: fenceOf(9, 1, 1) });
    sandbox.write('customers.csv', 'mobile,mail\n0138,a@x.org\n0138,b@x.org\n');
    await runIdMapping(sandbox, run);
    const says =
      /"0138" is not in .*, but in crm\.main\.customers \(2 rows\), crm\.main\.orders \(2 rows\): the run left it out/;
    await expectRefusal(run, [' phone: 0138'.trim()], 'idNotFound', says);
  });

  it('where the two are different users, naming both', async () => {
    const rows = await readResult(sandbox);
    const oneIdOf = (value: string) => rows.find((row) => row.id_value === value)?.one_id;
    const says = `phone "0138" is of ${oneIdOf('0138')}, phone "0139" is of ${oneIdOf('0139')}`;
    await expectRefusal(task(shop), ['phone:0138', 'phone:0139'], 'differentUsers', says);
  });

  it('where the rows that joined the two are gone', async () => {
    sandbox.write('customers.csv', 'mobile,mail\n0138,\n,ann@x.org\n');
    await expectRefusal(
      task(shop),
      ['phone:0138', 'member_id:M1'],
      'sourcesChanged',
      'No rows join phone "0138" and member_id "M1" any more: the tables have changed since run former; run the task again.',
    );
  });

  it.each([
    ['a column', 'order,phone\n1,0138\n', 'crm.main.orders: orders.csv has no column "mobile"'],
    ['a table', null, 'crm.main.gone: There is no table main.gone'],
  ])('where %s is gone', async (_, orders, says) => {
    if (orders !== null) sandbox.write('orders.csv', orders);
    const run = orders === null ? task({ ...shop, gone: ['mobile=phone'] }) : task(shop);
    await expectRefusal(run, ['phone:0138'], 'sourcesChanged', says);
  });

  it('where somebody else holds the result, naming who', async () => {
    const script = path.join(__dirname, '../connectors/support/hold-duckdb.cjs');
    const holder = fork(script, [analysisFile(sandbox)], { execArgv: [] });
    await once(holder, 'message');
    const says = `analysis.main.id_mapping_42: analysis.duckdb is held open by .*PID ${holder.pid}`;
    await expectRefusal(task(shop), ['phone:0138'], 'connectionFailed', new RegExp(says));
    holder.disconnect();
    await once(holder, 'exit');
  });

  it('where a table cannot be read', async () => {
    sandbox.write('orders.csv', 'order,mobile\n1\n');
    const says = 'crm.main.orders: orders.csv, line 2: the row has 1 columns';
    await expectRefusal(task(shop), ['phone:0138'], 'connectionFailed', says);
  });
});

describe('a look-up whose process', () => {
  /** A table that never comes, or ends the process. */
  const fake = (script: Record<string, unknown>) =>
    task(shop, {
      connections: { ...crm(), crm: { type: 'fake', config: { tables: {}, ...script } } },
    });

  beforeEach(async () => {
    writeShop();
    await runIdMapping(sandbox, task(shop));
  });

  it('is stopped ends at once, with what it was stopped for', async () => {
    const stop = new AbortController();
    const reason = new Error('its time is over');
    const run = {
      ...fake({ hangs: ['prepareScan'] }),
      signal: stop.signal,
      onProgress: ({ text }: { text: string }) =>
        text === 'reading crm.main.customers' && stop.abort(reason),
    };
    const question = { about: 'user', id: idOf('phone:0138') } as const;
    expect(await rejection(askResult(sandbox, run, question))).toBe(reason);
  });

  it('the system kills is refused as too large', async () => {
    const question = { about: 'user', id: idOf('phone:0138') } as const;
    const error = await rejection(askResult(sandbox, fake({ killOn: 'prepareScan' }), question));
    expect(error).toMatchObject({ code: 'lookUpTooLarge' });
    expect(error.message).toContain('memory ran out');
  });
});
