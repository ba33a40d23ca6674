import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  makeDictionary,
  textsOf,
  type Dictionary,
  type HashOf,
} from '../../activities/jobs/id-mapping/dictionary';
import { registerIdFunctions } from '../../activities/jobs/id-mapping/id-sql';
import { IdTable } from '../../activities/jobs/id-mapping/id-table';
import { leftOutCode, noId } from '../../activities/jobs/id-mapping/links';
import { countRows, loadColumn, replaceTexts } from '../../activities/jobs/id-mapping/load-links';
import type { OpenSource } from '../../activities/jobs/id-mapping/open-sources';
import { withEngine } from '../../connectors/duckdb-engine';
import { quoteText } from '../../connectors/sql-text';
import { rulesOf, type IdTypeRulesInput } from '../../model/id-rules';
import { Sandbox } from '../connectors/support/sandbox';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const limits = { threads: 2, memoryMiB: 256, spillDir: null };

function sourceOf(texts: (string | null)[], idType = 'card'): OpenSource {
  const rows = texts.map((text) => `(${text === null ? 'NULL' : quoteText(text)})`);
  return {
    name: 'crm.main.t',
    relation: `(SELECT c::VARCHAR AS c FROM (VALUES ${rows.join(', ')}) AS v(c))`,
    columns: [{ idType, text: 'c' }],
    isUnchanged: async () => true,
    explain: (error) => error as Error,
  };
}

async function withDictionary<T>(
  source: OpenSource,
  given: IdTypeRulesInput,
  hashOf: HashOf | undefined,
  use: (
    connection: DuckDBConnection,
    dictionary: Awaited<ReturnType<typeof makeDictionary>>,
  ) => Promise<T>,
): Promise<T> {
  return withEngine(':memory:', limits, null, async (connection) => {
    registerIdFunctions(connection);
    const { idType } = source.columns[0]!;
    const rules = [{ idType, rules: rulesOf(idType, given) }];
    const folder = mkdtempSync(path.join(sandbox.scratch, 'ids-'));
    const engines = { main: connection, reader: connection };
    const listener = { collecting: () => undefined, numbered: async () => undefined };
    return use(
      connection,
      await makeDictionary(engines, [source], rules, folder, listener, hashOf),
    );
  });
}

async function load(
  connection: DuckDBConnection,
  source: OpenSource,
  { types, standsFor }: Dictionary,
): Promise<Uint32Array> {
  const rows = await countRows(connection, source);
  const { hash, hashes, start, end } = types[0]!;
  const table = new IdTable(end - start);
  table.add(hashes, end - start, start);
  const column = await loadColumn(connection, source, source.columns[0]!, { hash, table }, rows);
  if (standsFor !== null) replaceTexts([column], standsFor);
  return column;
}

/** The texts that stand for the cells of a source, by way of their numbers. */
async function readBack(source: OpenSource, given: IdTypeRulesInput = {}, hashOf?: HashOf) {
  return withDictionary(source, given, hashOf, async (connection, dictionary) => {
    const column = await load(connection, source, dictionary);
    const numbers = [...new Set(column)].filter((number) => number !== noId);
    const texts = await textsOf(connection, dictionary.types, numbers);
    const cells = [...column].map((number) => texts.get(number)?.value ?? null);
    return { cells, column: [...column], dictionary };
  });
}

const manyTexts = Array.from({ length: 5_000 }, (_, nr) => `text ${nr} 🙂`);

describe('each text has a number of its own', () => {
  it.each<[string, HashOf]>([
    ['the same hash for all', () => '7::UBIGINT'],
    ['zero for some, which stands for no ID', (text) => `(length(${text}) % 2)::UBIGINT`],
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

  it('where there are too many with one hash to be told apart by name', async () => {
    const { cells, dictionary } = await readBack(sourceOf(manyTexts), {}, () => '7::UBIGINT');
    expect(cells).toEqual(manyTexts);
    expect(dictionary.types[0]!.hash('t')).toBe('md5_number_lower(t)');
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

it('a table that changes while it is read is refused by name', async () => {
  await withDictionary(sourceOf(['a', 'b']), {}, undefined, async (connection, dictionary) => {
    await expect(load(connection, sourceOf(['a', 'c']), dictionary)).rejects.toThrow(
      'crm.main.t: the table was changed while it was read; run the task again.',
    );
  });
});
