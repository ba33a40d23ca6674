import { formerIdsOf } from '../../activities/jobs/id-mapping/former-texts';
import { queryRows, withEngine } from '../../connectors/duckdb-engine';
import { AddonTexts } from '../../native/texts';
import { addonIsMissing } from './support/both-ways';

const limits = { threads: 1, memoryMiB: 128, spillDir: null };

it('one_ids that were numbered as texts are there with their digits, and others as they are', async () => {
  await withEngine(':memory:', limits, null, async (connection) => {
    const texts = AddonTexts.open(1);
    if (texts === null) throw new Error(addonIsMissing());
    const numbers = new Uint32Array(6);
    const numbering = texts.number(connection, numbers, 0);
    const prefix = '0000019aabcdef01';
    const given = [`${prefix}89abcdef00000001`, 'ann', `${prefix}${'f'.repeat(16)}`, 'ann'];
    for (const [row, text] of [...given, `${'0'.repeat(15)}189abcdef00000001`, ''].entries()) {
      await queryRows(
        connection,
        `SELECT ${numbering.name}('${text}', hash('${text}'), ${row}::UINTEGER)`,
      );
    }
    numbering.release();
    const former = formerIdsOf(texts);
    expect(texts.count).toBe(0);
    expect([...numbers]).toEqual([0, 1, 2, 1, 3, 4]);
    expect(former.count).toBe(5);
    expect([...former.ids]).toEqual([1, 2, 1, 1, 1]);

    const { words, prefixes, others } = former.oneIds();
    expect(prefixes).toEqual(['', prefix, `${'0'.repeat(15)}1`]);
    expect([...others]).toEqual([
      [1, 'ann'],
      [4, ''],
    ]);
    expect([...words]).toEqual([
      ...[1, 0x89abcdef, 1],
      ...[0, 0, 0],
      ...[0xffffffff, 0xffffffff, 1],
      ...[1, 0x89abcdef, 2],
      ...[0, 0, 0],
    ]);
  });
});
