/** The catalogue as a file: piece by piece, as it is read. */
import { csvCell } from '../csv-cell';
import type { CatalogueColumn, CatalogueTableWithColumns } from './catalogue';

type Slices = AsyncIterable<readonly CatalogueTableWithColumns[]>;

/** In the shape of a whole list, a table a line. */
export async function* exportedJson(slices: Slices): AsyncIterable<string> {
  let before = '{"items":[\n';
  for await (const tables of slices) {
    yield `${before}${tables.map((table) => JSON.stringify(table)).join(',\n')}`;
    before = ',\n';
  }
  yield `${before === ',\n' ? '\n' : before}],"nextPageToken":null}\n`;
}

type Cell = string | number | boolean | null;

const header = [
  'table',
  'kind',
  'comment',
  'description',
  'owner',
  'tags',
  'rows',
  'bytes',
  'version',
  'collectedAt',
  'deletedAt',
  'column',
  'type',
  'nullable',
  'inPrimaryKey',
  'columnComment',
  'columnDescription',
  'columnTags',
  'classes',
  'nullShare',
  'distinct',
  'min',
  'max',
];

/** A line for each column; a table without columns has one of its own. */
export async function* exportedCsv(slices: Slices): AsyncIterable<string> {
  yield lineOf(header);
  for await (const tables of slices) yield tables.map(linesOf).join('');
}

function linesOf(table: CatalogueTableWithColumns): string {
  const own: Cell[] = [
    ...[table.name, table.kind, table.comment, table.description, table.owner],
    ...[table.tags.join('; '), table.rows, table.bytes, table.version],
    ...[table.collectedAt, table.deletedAt],
  ];
  if (table.columns.length === 0) return lineOf([...own, ...Array<Cell>(12).fill(null)]);
  return table.columns.map((column) => lineOf([...own, ...cellsOf(column)])).join('');
}

function cellsOf({ profile, ...column }: CatalogueColumn): Cell[] {
  return [
    ...[column.name, column.type, column.nullable, column.inPrimaryKey],
    ...[column.comment, column.description, column.tags.join('; ')],
    column.classes.map((one) => `${one.class} ${one.confidence}`).join('; '),
    ...[profile?.nullShare ?? null, profile?.distinct ?? null],
    ...[profile?.min ?? null, profile?.max ?? null],
  ];
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map((cell) => csvCell(String(cell ?? ''))).join(',')}\r\n`;
}
