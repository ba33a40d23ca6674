import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  makeDictionary,
  textsOf,
  type DictionaryListener,
} from '../../activities/jobs/id-mapping/dictionary';
import { registerIdFunctions } from '../../activities/jobs/id-mapping/id-sql';
import { leftOutCode, noId } from '../../activities/jobs/id-mapping/links';
import { countRows } from '../../activities/jobs/id-mapping/load-links';
import type { HashOf } from '../../activities/jobs/id-mapping/text-columns';
import type { OpenSource } from '../../activities/jobs/id-mapping/open-sources';
import { queryRows, withEngine } from '../../connectors/duckdb-engine';
import { quoteText } from '../../connectors/sql-text';
import { rulesOf, type IdTypeRulesInput } from '../../model/id-rules';
import { Sandbox } from '../connectors/support/sandbox';
import { bothWays } from './support/both-ways';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const limits = { threads: 2, memoryMiB: 256, spillDir: null };

function sourceOf(texts: (string | null)[], idType = 'card'): OpenSource {
  const rows = texts.map((text, row) => `(${row}, ${text === null ? 'NULL' : quoteText(text)})`);
  return {
    name: 'crm.main.t',
    relation: `(SELECT nr, c::VARCHAR AS c FROM (VALUES ${rows.join(', ')}) AS v(nr, c))`,
    rowNumber: 'nr',
    columns: [{ idType, text: 'c' }],
    isUnchanged: async () => true,
    explain: (error) => error as Error,
  };
}

/** An engine as a computation has it. */
const withIdEngine = <T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> =>
  withEngine(':memory:', limits, null, async (connection) => {
    await connection.run('SET preserve_insertion_order = false');
    registerIdFunctions(connection);
    return use(connection);
  });

/** @param relation `(nr, c)` with so many rows; `c` holds cards */
function collectCards(
  connection: DuckDBConnection,
  relation: string,
  rows: number,
  hashOf?: HashOf,
) {
  const tables = { sources: [{ ...sourceOf([null]), relation }], rows: [rows] };
  const listener = { collecting: () => undefined, collected: () => undefined };
  const rules = [{ idType: 'card', rules: rulesOf('card', {}) }];
  return makeDictionary(connection, tables, rules, sandbox.scratch, listener, hashOf);
}

/** The texts that stand for the cells of a source, by way of their numbers. */
async function readBack(source: OpenSource, given: IdTypeRulesInput = {}, hashOf?: HashOf) {
  return withIdEngine(async (connection) => {
    const { idType } = source.columns[0]!;
    const rules = [{ idType, rules: rulesOf(idType, given) }];
    const folder = mkdtempSync(path.join(sandbox.scratch, 'ids-'));
    const tables = { sources: [source], rows: [await countRows(connection, source)] };
    const told: unknown[] = [];
    const listener: DictionaryListener = {
      collecting: (place, name) => told.push([place, name]),
      collected: (place, { columns, leftOut }) => told.push([place, columns[0]!.numbers, leftOut]),
    };
    const dictionary = await makeDictionary(connection, tables, rules, folder, listener, hashOf);
    const column = dictionary.links[0]![0]!;
    expect(told).toEqual([
      [0, idType],
      [0, column, dictionary.leftOut],
    ]);
    const numbers = [...new Set(column)].filter((number) => number !== noId);
    const texts = await textsOf(connection, dictionary.types, numbers);
    const cells = [...column].map((number) => texts.get(number)?.value ?? null);
    return { cells, column: [...column], dictionary };
  });
}

const manyTexts = Array.from({ length: 5_000 }, (_, nr) => `text ${nr} 🙂`);

bothWays(() => {
  describe('each text has a number of its own', () => {
    it.each<[string, HashOf]>([
      ['the same hash for all', () => '7::UBIGINT'],
      ['zero for some', (text) => `(length(${text}) % 2)::UBIGINT`],
      ['one hash for two texts each', (text) => `hash(substr(${text}, 1, 6))`],
    ])('where there is %s', async (_, hashOf) => {
      const texts = [
        'text 1',
        'text 10',
        null,
        'text 2',
        'text 10',
        'odd',
        'even',
        'x'.repeat(4_096),
      ];
      expect((await readBack(sourceOf(texts), {}, hashOf)).cells).toEqual(texts);
    });

    it('where a text that shares its hash has a NUL', async () => {
      const texts = ['a', 'b\0c', 'b\0d', 'b', null];
      const { cells } = await readBack(sourceOf(texts), {}, () => '7::UBIGINT');
      expect(cells).toEqual(texts);
    });

    it('where there are too many with one hash to be told apart by name', async () => {
      const { cells } = await readBack(sourceOf(manyTexts), {}, () => '7::UBIGINT');
      expect(cells).toEqual(manyTexts);
    });
  });

  it('texts that two spellings of one ID are have one number, that of the smallest', async () => {
    const { column, cells, dictionary } = await readBack(
      sourceOf([' b', 'B', 'b', 'a', null, ' ', '']),
      { case: 'lower' },
    );
    expect(cells).toEqual(['b', 'b', 'b', 'a', null, null, null]);
    expect(new Set(column.slice(0, 3)).size).toBe(1);
    const codes = [...dictionary.leftOut].toSorted((one, other) => one - other);
    const { variant, nobody } = leftOutCode;
    expect(codes).toEqual([0, 0, variant, variant, nobody, nobody]);
  });

  it('fillers are marked in every spelling', async () => {
    const { column, dictionary } = await readBack(sourceOf(['unknown', ' UNKNOWN ', 'known']));
    expect(column.map((number) => dictionary.leftOut[number])).toEqual([
      leftOutCode.filler,
      leftOutCode.filler,
      0,
    ]);
  });

  it.each([
    ['a filler', 'unknown', leftOutCode.filler],
    ['a text that names nobody', '   ', leftOutCode.nobody],
    ['a variant of another', ' id 7', leftOutCode.variant],
  ])('finds %s among more texts than one part of a file holds', async (_, text, code) => {
    const [count, at] = [130_000, 129_000];
    const relation = `(SELECT range AS nr, CASE range WHEN ${at} THEN '${text}'
    ELSE 'id ' || range END AS c FROM range(${count}))`;
    await withIdEngine(async (connection) => {
      const { leftOut } = await collectCards(connection, relation, count);
      expect([...leftOut.filter((one) => one !== 0)]).toEqual([code]);
    });
  });

  it.each<[string, HashOf | undefined]>([
    ['each has a hash of its own', undefined],
    [
      'some share a hash',
      (text) => `CASE WHEN suffix(${text}, ' 7') THEN 8 ELSE hash(${text}) END`,
    ],
  ])('long texts take more memory than DuckDB has, and %s', async (_, hashOf) => {
    const count = 60_000;
    const relation = `(SELECT range AS nr, repeat(md5((range % ${count})::VARCHAR), 128) || ' ' || range % 10 AS c
      FROM range(${count} + 10))`;
    await withIdEngine(async (connection) => {
      const { links, cells, types } = await collectCards(connection, relation, count + 10, hashOf);
      const numbers = links[0]![0]!;
      expect(new Set(numbers).size).toBe(count);
      expect(numbers.slice(count)).toEqual(numbers.slice(0, 10));
      expect(cells.filter((one) => one === 2)).toHaveLength(10);
      const texts = await textsOf(connection, types, [numbers[0]!, numbers[count - 1]!]);
      const [found] = await queryRows(
        connection,
        `SELECT list(c ORDER BY nr) AS texts FROM ${relation} WHERE nr IN (0, ${count - 1})`,
      );
      expect([...texts.values()].map(({ value }) => value).toSorted()).toEqual(
        (found!.texts as string[]).toSorted(),
      );
    });
  });

  it('long texts are written in small groups of rows, as a group is held in memory', async () => {
    const count = 40_000;
    const relation = `(SELECT range AS nr, repeat(md5(range::VARCHAR), 32) AS c FROM range(${count}))`;
    await withIdEngine(async (connection) => {
      const { types } = await collectCards(connection, relation, count);
      const [largest] = await queryRows(
        connection,
        `SELECT max(bytes)::INTEGER AS bytes FROM (SELECT sum(total_uncompressed_size) AS bytes
         FROM parquet_metadata(${quoteText(types[0]!.file)}) GROUP BY row_group_id)`,
      );
      expect(largest!.bytes).toBeLessThan(16 * 2 ** 20);
    });
  });
});
