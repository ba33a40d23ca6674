/** From the tables of a task to numbered IDs and the rows that link them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableDetail } from '../../../model/run';
import { makeDictionary, type Dictionary, type Engines, type FindableIds } from './dictionary';
import { failureOf } from './failures';
import type { LinkTable } from './links';
import { changed, countRows, loadColumn, replaceTexts } from './load-links';
import type { ComputeRequest } from './messages';
import { OpenSources, type OpenSource } from './open-sources';
import type { Reporter } from './report';
import { typeRulesOf } from './scratch';

/** A table of the task after it was read. */
export interface ReadTable {
  /** `connection.schema.table` */
  name: string;
  links: LinkTable;
  idTypes: string[];
}

export interface Read {
  dictionary: Dictionary;
  tables: ReadTable[];
  details: TableDetail[];
}

/** The details of the tables as they are told while the tables are read. */
class Details {
  readonly #reporter: Reporter;
  readonly all: TableDetail[];

  constructor(request: ComputeRequest, reporter: Reporter) {
    this.#reporter = reporter;
    this.all = request.tables.map(({ name }) => ({
      ...{ table: name, status: 'waiting' as const, rowsRead: null, rowsWritten: null },
      ...{ error: null, startedAt: null, finishedAt: null },
    }));
  }

  begin(place: number): void {
    this.#tell(place, { status: 'running', startedAt: new Date().toISOString() });
  }

  succeed(place: number, rowsRead: number): void {
    this.#tell(place, { status: 'succeeded', rowsRead, finishedAt: new Date().toISOString() });
  }

  /** The others have not been read to their end. @returns the error in words that name the table */
  fail(place: number, error: unknown): Error {
    for (const [other, { status }] of this.all.entries()) {
      if (status === 'running') this.#tell(other, { status: 'waiting', startedAt: null });
    }
    const failure = failureOf(this.all[place]!.table, error);
    const finishedAt = new Date().toISOString();
    this.#tell(place, { status: 'failed', error: failure.message, finishedAt });
    return failure;
  }

  #tell(place: number, change: Partial<TableDetail>): void {
    const detail = { ...this.all[place]!, ...change };
    this.all[place] = detail;
    this.#reporter.send({ type: 'table', detail });
  }
}

/** Reads all tables. @throws JobError naming the table */
export async function readTables(
  engines: Engines,
  request: ComputeRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Read> {
  const details = new Details(request, reporter);
  const open = new OpenSources(engines);
  try {
    const sources = await openAll(open, request, reporter, details, signal);
    const loading = new Loading(engines.reader, sources);
    const dictionary = await collectIds(engines, request, sources, reporter, details, loading);
    for (const [place, source] of sources.entries()) {
      if (!(await source.isUnchanged())) throw details.fail(place, changed(source.name));
    }
    const tables = sources.map((source, place) => loading.tableOf(source, place));
    for (const [place, { name, links }] of tables.entries()) {
      if (dictionary.standsFor !== null) replaceTexts(links, dictionary.standsFor);
      reporter.log('info', `${name}: ${links[0]!.length} rows read`);
      details.succeed(place, links[0]!.length);
    }
    return { dictionary, tables, details: details.all };
  } finally {
    await open.close();
  }
}

async function openAll(
  open: OpenSources,
  request: ComputeRequest,
  reporter: Reporter,
  details: Details,
  signal: AbortSignal,
): Promise<OpenSource[]> {
  reporter.begin('reading');
  const sources: OpenSource[] = [];
  for (const [place, { name }] of request.tables.entries()) {
    reporter.at(place / request.tables.length, `reading ${name}`);
    details.begin(place);
    try {
      sources.push(await open.open(request, place, signal));
    } catch (error) {
      throw details.fail(place, error);
    }
  }
  return sources;
}

/** Loads the columns of one ID type after the other. */
class Loading {
  readonly #reader: DuckDBConnection;
  readonly #sources: OpenSource[];
  readonly #rows: (number | undefined)[] = [];
  readonly #links: LinkTable[];

  constructor(reader: DuckDBConnection, sources: OpenSource[]) {
    this.#reader = reader;
    this.#sources = sources;
    this.#links = sources.map(() => []);
  }

  /** @throws PlacedError where a table cannot be read */
  async load(type: FindableIds): Promise<void> {
    for (const [place, source] of this.#sources.entries()) {
      for (const [at, column] of source.columns.entries()) {
        if (column.idType !== type.idType) continue;
        try {
          const rows = (this.#rows[place] ??= await countRows(this.#reader, source));
          this.#links[place]![at] = await loadColumn(this.#reader, source, column, type, rows);
        } catch (error) {
          throw new PlacedError(place, error);
        }
      }
    }
  }

  tableOf({ name, columns }: OpenSource, place: number): ReadTable {
    return { name, links: this.#links[place]!, idTypes: columns.map(({ idType }) => idType) };
  }
}

/** What went wrong with the table at a place. */
class PlacedError extends Error {
  constructor(
    readonly place: number,
    override readonly cause: unknown,
  ) {
    super(`table ${place}`);
  }
}

async function collectIds(
  engines: Engines,
  request: ComputeRequest,
  sources: OpenSource[],
  reporter: Reporter,
  details: Details,
  loading: Loading,
): Promise<Dictionary> {
  reporter.begin('collecting');
  const rules = typeRulesOf(request);
  try {
    return await makeDictionary(engines, sources, rules, request.scratchDir, {
      collecting: (place, idType) =>
        reporter.at(place / rules.length, `collecting the IDs of type ${idType}`),
      numbered: (type) => loading.load(type),
    });
  } catch (error) {
    if (error instanceof PlacedError) {
      throw details.fail(error.place, sources[error.place]!.explain(error.cause));
    }
    const broken = await findBroken(engines.main, sources);
    throw broken === null ? error : details.fail(broken.place, broken.error);
  }
}

/** The table that cannot be read, where it is one: all were read together. */
async function findBroken(
  connection: DuckDBConnection,
  sources: OpenSource[],
): Promise<{ place: number; error: unknown } | null> {
  for (const [place, { relation, columns, explain }] of sources.entries()) {
    const counts = columns.map(({ text }) => `count(${text})`).join(', ');
    try {
      await connection.run(`SELECT ${counts} FROM ${relation}`);
    } catch (error) {
      return { place, error: explain(error) };
    }
  }
  return null;
}
