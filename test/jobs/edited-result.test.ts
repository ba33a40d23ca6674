import { Sandbox, runSql } from '../connectors/support/sandbox';
import { bothWays } from './support/both-ways';
import { compute } from './support/compute';
import { analysisFile } from './support/run-job';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const edit = (...statements: string[]) => runSql(analysisFile(sandbox), ...statements);

bothWays(() => {
  it('a former result that somebody has edited keeps its users under whatever ids these have', async () => {
    const emails = ['Ann@x.org', 'bob', 'cy', 'dan', 'eve'];
    // "ann@x.org" is another spelling of an ID.
    const tables = [
      {
        idTypes: ['card', 'email'],
        rows: [...emails.map((one, nr) => [`${nr}`, one]), ['0', 'ann@x.org']],
      },
    ];
    const first = await compute(sandbox, tables);
    const idOf = (value: string, rows = first.rows) =>
      rows.find((row) => row.id_value === value)!.one_id;
    const set = (id: string, value: string) =>
      `UPDATE main.id_mapping_42 SET one_id = ${id} WHERE one_id = '${idOf(value)}'`;
    await edit(
      set('upper(one_id)', '0'),
      set(`'x' || chr(0) || 'y'`, '1'),
      set('NULL', '2'),
      set(`'${'0'.repeat(32)}'`, '3'),
      // An ID that stands there twice, under two ids, and one of a type that is none of the tables.
      `INSERT INTO main.id_mapping_42
       SELECT 'z', id_type, id_value, first_table, run_id FROM main.id_mapping_42 WHERE id_value = '4'`,
      ...['id_type', 'first_table', 'run_id'].map(
        (column) => `ALTER TABLE main.id_mapping_42 ALTER ${column} TYPE VARCHAR`,
      ),
      `INSERT INTO main.id_mapping_42 VALUES ('old', 'code', '9', 'gone', 'run'), ('old', NULL, '8', 'gone', 'run')`,
    );
    const second = await compute(sandbox, tables);
    expect(['0', '1', '3', '4'].map((value) => idOf(value, second.rows))).toEqual([
      idOf('0').toUpperCase(),
      'x\0y',
      '0'.repeat(32),
      idOf('4'),
    ]);
    expect(idOf('ann@x.org', second.rows)).toBe(idOf('0').toUpperCase());
    expect(second.summary.changes).toEqual({ new: 1, kept: 4, gone: 2, merged: 1, split: 0 });
    const rest = second.changes.filter(({ change }) => change !== 'new' && change !== 'kept');
    expect(rest.map((row) => [row.change, row.one_id, row.other_one_id, Number(row.ids)])).toEqual([
      ['gone', 'old', null, 2],
      ['gone', 'z', null, 1],
      ['merged', idOf('4'), 'z', 1],
    ]);
  });

  it('a former result whose one_ids are no texts any more keeps its users too', async () => {
    const tables = [{ idTypes: ['card', 'email'], rows: [['1', 'ann']] }];
    const [row] = (await compute(sandbox, tables)).rows;
    await edit('ALTER TABLE main.id_mapping_42 ALTER one_id TYPE UUID');
    const { rows, summary } = await compute(sandbox, tables);
    expect(rows[0]!.one_id.replaceAll('-', '')).toBe(row!.one_id);
    expect(summary.changes).toEqual({ new: 0, kept: 1, gone: 0, merged: 0, split: 0 });
  });

  it('a former result with many generations of one_ids, and other texts, keeps all of them', async () => {
    const tables = [{ idTypes: ['card'], rows: Array.from({ length: 400 }, (_, nr) => [`${nr}`]) }];
    await compute(sandbox, tables);
    await edit(
      `UPDATE main.id_mapping_42 SET one_id = md5(one_id)`,
      `UPDATE main.id_mapping_42 SET one_id = 'other ' || id_value WHERE id_value LIKE '1_'`,
      // Their digits begin with many zeros.
      `UPDATE main.id_mapping_42 SET one_id = lpad(id_value, 32, '0') WHERE id_value LIKE '2_'`,
      `UPDATE main.id_mapping_42 SET one_id = rpad(id_value, 32, '0') WHERE id_value LIKE '3_'`,
    );
    const ids = `SELECT one_id, id_value FROM main.id_mapping_42 ORDER BY id_value`;
    const before = await runSql(analysisFile(sandbox), ids);
    const { summary, changes } = await compute(sandbox, tables);
    expect(summary.changes).toEqual({ new: 0, kept: 400, gone: 0, merged: 0, split: 0 });
    expect(await runSql(analysisFile(sandbox), ids)).toEqual(before);
    const kept = changes.map((change) => change.one_id).toSorted();
    expect(kept).toEqual(before.map((row) => String(row.one_id)).toSorted());
  });
});
