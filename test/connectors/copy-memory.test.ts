/** How much memory DuckDB is given for rows on their way into a table. */
import {
  copyMemoryMiB,
  firstMemoryMiB,
  withEnoughMemory,
} from '../../connectors/duckdb/copy-memory';
import { GroupSizes } from '../../connectors/group-sizes';

const MiB = 1 << 20;
const machineMiB = 16_384;

function sizesOf(groups: { rows: number; columns: number[] }[]): GroupSizes {
  const sizes = new GroupSizes();
  for (const { rows, columns } of groups) {
    sizes.add(
      rows,
      columns.map((length) => ({ length })),
    );
  }
  return sizes;
}

const groups = (count: number, group: { rows: number; columns: number[] }) =>
  sizesOf(Array.from({ length: count }, () => group));

describe('the memory of a copy into DuckDB', () => {
  const narrow = { rows: 122_880, columns: Array.from({ length: 10 }, () => MiB) };

  it('DP-25: does not grow with the rows', () => {
    const ofFew = copyMemoryMiB(10, groups(8, narrow), 1, machineMiB);
    expect(ofFew).toBe(64);
    expect(copyMemoryMiB(10, groups(800, narrow), 1, machineMiB)).toBe(ofFew);
  });

  it('DP-25: follows the columns, however few their rows', () => {
    const wide = groups(1, { rows: 10, columns: Array.from({ length: 1500 }, () => 40) });
    expect(copyMemoryMiB(1500, wide, 1, machineMiB)).toBeGreaterThan(1000);
    expect(copyMemoryMiB(1500, wide, 2, machineMiB)).toBeGreaterThan(2000);
  });

  it('DP-25: follows texts of a megabyte, as DuckDB has 2,048 rows in its hands at once', () => {
    const large = groups(60, { rows: 48, columns: [400, 48 * MiB] });
    const needed = copyMemoryMiB(2, large, 1, machineMiB);
    expect(needed).toBeGreaterThan(2048);
    expect(needed).toBeLessThan(2300);
    // Later groups of small rows do not make it forget.
    large.add(122_880, [{ length: MiB }, { length: MiB }]);
    expect(copyMemoryMiB(2, large, 1, machineMiB)).toBe(needed);
  });

  it('DP-25: leaves half of the machine to others', () => {
    const large = groups(60, { rows: 48, columns: [48 * MiB] });
    expect(copyMemoryMiB(1, large, 1, 2048)).toBe(1024);
  });

  it('DP-25: is more in the next try where DuckDB says that it was not enough', async () => {
    const given: number[] = [];
    const answer = await withEnoughMemory(firstMemoryMiB, async (memoryMiB) => {
      given.push(memoryMiB);
      if (given.length === 1) throw new Error('Out of Memory Error: failed to pin block');
      return 'done';
    });
    expect(answer).toBe('done');
    expect(given[0]).toBe(firstMemoryMiB);
    expect(given[1]).toBeGreaterThan(firstMemoryMiB);
  });

  it('DP-25: is not tried again where that changes nothing, or may not be', async () => {
    let tries = 0;
    const failing = (message: string) => async () => {
      tries += 1;
      throw new Error(message);
    };
    await expect(withEnoughMemory(64, failing('the disk is full'))).rejects.toThrow('full');
    const short = failing('Out of Memory Error: could not allocate block');
    await expect(withEnoughMemory(64, short, () => false)).rejects.toThrow('allocate');
    expect(tries).toBe(2);
  });
});
