import fc from 'fast-check';
import { noId } from '../../activities/jobs/id-mapping/links';
import { registerOneIds } from '../../activities/jobs/id-mapping/one-id-sql';
import { queryRows, withEngine } from '../../connectors/duckdb-engine';
import { bothWays } from './support/both-ways';

const limits = { threads: 2, memoryMiB: 256, spillDir: null };
const half = fc.oneof(
  fc.constantFrom('0'.repeat(16), 'f'.repeat(16)),
  fc.stringMatching(/^[0-9a-f]{16}$/),
);

/** one_ids, of which a number has one or none; some may be other texts. */
const anyCase = fc.record({
  ids: fc.array(fc.tuple(half, half), { minLength: 1, maxLength: 20 }),
  of: fc.array(fc.option(fc.nat(), { freq: 4 }), { maxLength: 50 }),
  other: fc.option(fc.constantFrom('ann', 'an\0n', '😀'), { freq: 1 }),
  tables: fc.option(fc.constantFrom(2, 300), { freq: 2 }),
});

bothWays(() => {
  it('numbers have the one_ids that were given, and what is known besides', async () => {
    await withEngine(':memory:', limits, null, async (connection) => {
      await fc.assert(
        fc.asyncProperty(anyCase, async ({ ids, of, other, tables }) => {
          const prefixes = ['', ...new Set(ids.map(([prefix]) => prefix))];
          const words = Uint32Array.from(
            ids.flatMap(([prefix, last]) => [
              parseInt(last.slice(8), 16),
              parseInt(last.slice(0, 8), 16),
              prefixes.indexOf(prefix),
            ]),
          );
          const others = new Map(other === null ? [] : [[0, other]]);
          if (other !== null) words[2] = 0;
          const places = Uint32Array.from(of, (place) =>
            place === null ? noId : place % ids.length,
          );
          const values = Uint16Array.from(of, (_, number) => number % (tables ?? 70_000));
          const texts =
            tables === null ? null : Array.from({ length: tables }, (_, nr) => `t ${nr}`);
          const sql = registerOneIds(connection, { words, prefixes, others }, places, {
            values,
            ...(texts && { texts }),
          });
          const rows = await queryRows(
            connection,
            `SELECT number, ${sql.text('found', 'number')} AS one_id, ${sql.beside('found')} AS beside
             FROM (SELECT number, ${sql.find('number')} AS found
               FROM (SELECT range::UINTEGER AS number FROM range(${of.length})))
             WHERE ${sql.hasOne('found')} ORDER BY number`,
          );
          const expected = of.flatMap((place, number) => {
            if (place === null) return [];
            const at = place % ids.length;
            const value = values[number]!;
            return [
              {
                number,
                one_id: others.get(at) ?? ids[at]!.join(''),
                beside: texts?.[value] ?? value,
              },
            ];
          });
          expect(rows).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });
  });
});
