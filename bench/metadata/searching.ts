/** The same questions over a catalogue of many columns, and over one of a hundredth as many. */
import { definitionOf, factsOf, type CollectedTable } from '../../model/catalogue/collected';
import { alivePolicyOf } from '../../model/catalogue/policies';
import { Catalogue } from '../../scheduling/catalogue';
import type { Caller } from '../../model/people';
import { print } from '../support/perform';
import { inWords, median } from '../support/statistics';
import type { Places } from './places';

export const searchGoal = 2;
const columnsOfTable = 20;
const words = ['order', 'customer', 'mobile', 'price', 'state', 'region', 'item', 'note', 'day'];

/** What few tables answer, what many do, beginnings, texts, Chinese, and several words. */
const questions = [
  'customer_7',
  'customer',
  'cust',
  'o',
  'column_3',
  'mobile price',
  '手机号',
  '客',
  'table number 12',
  'nothing_like_this',
];

export async function measureSearching(
  places: Places,
  { columns, rounds }: { columns: number; rounds: number },
): Promise<Record<string, unknown>> {
  const many = await filled(places, 'many_columns', columns / columnsOfTable);
  const few = await filled(places, 'few_columns', Math.max(1, columns / columnsOfTable / 100));
  const values: Record<string, { many: number[]; few: number[] }> = {};
  for (const question of questions) {
    const times = { many: [] as number[], few: [] as number[] };
    for (let round = 0; round < rounds + 2; round += 1) {
      const [first, second] = round % 2 === 0 ? [many, few] : [few, many];
      const one = await first(question);
      const other = await second(question);
      // Two of each are not counted: plans are made, caches fill.
      if (round < 2) continue;
      times.many.push(round % 2 === 0 ? one : other);
      times.few.push(round % 2 === 0 ? other : one);
    }
    values[question] = times;
    print(
      `search "${question}": ${columns} columns ${inWords(times.many)} ms, ${columns / 100} ` +
        `${inWords(times.few)} ms; ratio ${(median(times.many) / median(times.few)).toFixed(2)}`,
    );
  }
  const ratios = Object.values(values).map((times) => median(times.many) / median(times.few));
  print(`search: ratio ${inWords(ratios)} over all questions (at most ${searchGoal})`);
  return { ratio: median(ratios), worst: Math.max(...ratios), values };
}

/** @returns asks a question; how many milliseconds it took */
async function filled(
  places: Places,
  name: string,
  tables: number,
): Promise<(question: string) => Promise<number>> {
  const store = await places.store(name);
  const collection = { tenant: 'default', connection: 'dw', taskId: 'task', runId: 'run' };
  for (let start = 0; start < tables; start += 250) {
    const some = Array.from({ length: Math.min(250, tables - start) }, (_, n) =>
      tableOf(start + n),
    );
    await store.catalogue.collect(collection, some, alivePolicyOf('3'));
  }
  const catalogue = new Catalogue({ store });
  const caller = { tenant: 'default', userId: 'u', name: 'bench', role: 'viewer' } as Caller;
  const anything = {
    ...{ connection: null, schema: null, kind: null, class: null },
    ...{ tag: null, owner: null, deleted: null },
  };
  return async (question) => {
    const startedAt = performance.now();
    await catalogue.search(caller, question, anything, 20);
    return performance.now() - startedAt;
  };
}

function tableOf(nr: number): CollectedTable {
  const word = (n: number): string => words[n % words.length]!;
  return {
    schema: 'dw',
    table: `${word(nr)}_${word(nr * 7 + 3)}_${nr}`,
    definition: definitionOf({
      kind: 'table',
      comment: `table number ${nr}`,
      columns: Array.from({ length: columnsOfTable }, (_, n) => ({
        name: n < 5 ? `column_${n}` : `${word(nr + n)}_${n}`,
        type: 'text',
        comment: n === 2 ? '客户手机号' : null,
        ...{ nullable: true, default: null },
      })),
    }),
    facts: factsOf({ rows: nr }),
  };
}
