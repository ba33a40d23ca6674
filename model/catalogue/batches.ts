/** Tables in batches that bound what is held at once: some have a thousand columns and more. */

export interface BatchLimits {
  tables: number;
  /** As long as no single table has more. */
  columns: number;
}

export function batchesOf<Table>(
  tables: readonly Table[],
  columnsOf: (table: Table) => number,
  most: BatchLimits,
): Table[][] {
  const batches: Table[][] = [];
  let columns = 0;
  for (const table of tables) {
    const last = batches.at(-1);
    columns += columnsOf(table);
    if (last !== undefined && last.length < most.tables && columns <= most.columns) {
      last.push(table);
      continue;
    }
    batches.push([table]);
    columns = columnsOf(table);
  }
  return batches;
}
