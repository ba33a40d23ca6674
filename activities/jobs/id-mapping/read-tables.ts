/** From the tables of a task to numbered IDs and the rows that link them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { isOutOfMemory } from '../../../connectors/duckdb-engine';
import { JobError } from '../../../model/job-type';
import type { TableDetail } from '../../../model/run';
import { hasAddon } from '../../../native/addon';
import { awaitedLater } from './awaited-later';
import {
  makeDictionary,
  mostIdsOf,
  type CollectedType,
  type Dictionary,
  type DictionaryListener,
} from './dictionary';
import { failureOf } from './failures';
import { linksOf } from './link-users';
import type { Linker } from './linker';
import type { LinkTable } from './links';
import { changed, countRows } from './load-links';
import type { ComputeRequest } from './messages';
import { OpenSources, type OpenSource } from './open-sources';
import type { Reporter } from './report';
import type { Rows, RowsOf } from './rows-of';
import { scratchMemoryMiB, typeRulesOf, withMoreThreads } from './scratch';
import { strangeTypes } from './strange-types';

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
  /** Where IDs stand that may be left out, as far as that is noted. */
  undecidedRows: Promise<RowsOf>;
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

/**
 * Reads all tables.
 * @param linker is given all IDs and their columns
 * @throws JobError naming the table
 */
export async function readTables(
  connection: DuckDBConnection,
  request: ComputeRequest,
  linker: Linker,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Read> {
  for (const line of strangeTypes(request)) reporter.log('warn', line);
  const details = new Details(request, reporter);
  const open = new OpenSources(connection);
  try {
    const sources = await openAll(open, request, reporter, details, signal);
    const collected = await collectIds(connection, request, sources, linker, reporter, details);
    const { dictionary } = collected;
    await refuseChanged(sources, details);
    const tables = sources.map(({ name, columns }, place) => ({
      ...{ name, links: dictionary.links[place]! },
      idTypes: columns.map(({ idType }) => idType),
    }));
    for (const [place, { name, links }] of tables.entries()) {
      reporter.log('info', `${name}: ${links[0]!.length} rows read`);
      details.succeed(place, links[0]!.length);
    }
    return { ...collected, tables, details: details.all };
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

async function collectIds(
  connection: DuckDBConnection,
  request: ComputeRequest,
  sources: OpenSource[],
  linker: Linker,
  reporter: Reporter,
  details: Details,
): Promise<Pick<Read, 'dictionary' | 'undecidedRows'>> {
  reporter.begin('collecting');
  const rules = typeRulesOf(request);
  let collecting = '';
  try {
    const rows: number[] = [];
    for (const source of sources) rows.push(await countRows(connection, source));
    linker.open({
      tables: sources.map(({ name }) => name),
      mostIds: mostIdsOf({ sources, rows }),
    });
    const columns = sources.map((source) => source.columns.length);
    const adding: Promise<[Uint32Array, Rows][]>[] = [];
    const add = async (place: number, type: CollectedType): Promise<[Uint32Array, Rows][]> => {
      const links = linksOf(place, type, rules[place]!, request.guards.priority, columns);
      const noting = linker.ask('add', links);
      // Who waits for users meets its error.
      void linker.ask('join', place);
      const rows = await noting;
      return links.columns.map(({ numbers }, at) => [numbers, rows[at]!]);
    };
    const listener: DictionaryListener = {
      collecting: (done, idType) => {
        collecting = idType;
        reporter.at(done / rules.length, `collecting the IDs of type ${idType}`);
      },
      collected: (place, type) => void adding.push(awaitedLater(add(place, type))),
    };
    const make = () =>
      makeDictionary(connection, { sources, rows }, rules, request.scratchDir, listener);
    // With the addon, no thread waits for JavaScript.
    const dictionary = await (hasAddon() ? make() : withMoreThreads(connection, make));
    const undecidedRows = Promise.all(adding).then((ofTypes) => new Map(ofTypes.flat()));
    return { dictionary, undecidedRows: awaitedLater(undecidedRows) };
  } catch (error) {
    if (isOutOfMemory(error)) throw tooLong(collecting, error);
    const broken = await findBroken(connection, sources);
    if (broken !== null) throw details.fail(broken.place, broken.error);
    // A file that is written anew in its place breaks off a reader, and may be whole again by now.
    await refuseChanged(sources, details);
    throw error;
  }
}

function tooLong(idType: string, cause: unknown): JobError {
  return new JobError(
    `The IDs of type ${idType} take more memory than a run may have (${scratchMemoryMiB} MiB). ` +
      `Most likely a column of long texts is mapped to it: take that out of the ID mapping of its table.`,
    [],
    { cause },
  );
}

/** @throws JobError naming a table that is not what it was when it was opened */
async function refuseChanged(sources: OpenSource[], details: Details): Promise<void> {
  for (const [place, source] of sources.entries()) {
    if (!(await source.isUnchanged())) throw details.fail(place, changed(source.name));
  }
}

/** The table that cannot be read, where it is one: all were read together. */
async function findBroken(
  connection: DuckDBConnection,
  sources: OpenSource[],
): Promise<{ place: number; error: unknown } | null> {
  for (const [place, { relation, columns, explain }] of sources.entries()) {
    // Lengths, as counting looks at no text.
    const lengths = columns.map(({ text }) => `max(strlen(${text}))`).join(', ');
    try {
      await connection.run(`SELECT ${lengths} FROM ${relation}`);
    } catch (error) {
      return { place, error: explain(error) };
    }
  }
  return null;
}
