/**
 * COPY out of PostgreSQL. The server sends each row as a message of its own; here the bytes of many
 * rows are brought together in one pass, which costs a fraction of taking message by message.
 */
import type { Socket } from 'node:net';
import type { PoolClient, Submittable } from 'pg';
import type { TakeChunk } from '../transfer';
import { binaryHeader } from './copy-binary';
import { GatheredRows } from './gathered-rows';

interface PgConnection {
  stream: Socket;
  query(sql: string): void;
}

type DataListener = (bytes: Buffer) => void;

class CopyOut implements Submittable {
  readonly ended: Promise<void>;
  readonly #sql: string;
  readonly #take: TakeChunk;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #stream: Socket | null = null;
  #usual: DataListener = () => undefined;
  #rows: GatheredRows;
  /** Those that have been taken, to be filled again: memory that is new costs the system's time. */
  readonly #spare: GatheredRows[] = [];
  #taking: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(sql: string, isBinary: boolean, take: TakeChunk) {
    this.#sql = sql;
    this.#take = take;
    this.#rows = new GatheredRows(isBinary ? binaryHeader.length : 0);
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Called by `pg` when it is this statement's turn. */
  submit(connection: unknown): void {
    const { stream } = connection as PgConnection;
    this.#stream = stream;
    // What comes is ours until the copy is over; `pg` would take it apart message by message.
    this.#usual = stream.listeners('data')[0] as DataListener;
    stream.off('data', this.#usual);
    stream.on('data', this.#onData);
    (connection as PgConnection).query(this.#sql);
  }

  handleError(error: Error): void {
    this.#hasFailed = true;
    this.#reject(error);
  }

  handleCommandComplete(): void {
    // The end of the statement is what counts.
  }

  handleReadyForQuery(): void {
    this.#send();
    this.#taking.then(this.#resolve, this.#reject);
  }

  readonly #onData = (bytes: Buffer): void => {
    if (!this.#rows.hasRoomFor(bytes.length)) this.#send();
    this.#rows.append(bytes);
    const others = this.#rows.gather();
    if (others !== null) this.#handBack(others);
  };

  #handBack(bytes: Buffer): void {
    const stream = this.#stream!;
    stream.off('data', this.#onData);
    stream.on('data', this.#usual);
    this.#usual(bytes);
  }

  /** Hands on what has come together; nothing more is read until all of it is taken. */
  #send(): void {
    const rows = this.#rows;
    if (rows.isEmpty) return;
    this.#rows = rows.takeRest(this.#spare.pop() ?? new GatheredRows());
    if (this.#hasFailed) return;
    const stream = this.#stream!;
    stream.pause();
    const taking = this.#taking.then(() => this.#take(rows.chunk()));
    this.#taking = taking;
    taking.then(
      () => {
        if (rows.isOfUsualSize) this.#spare.push(rows);
        if (this.#taking === taking) stream.resume();
      },
      (error: Error) => this.handleError(error),
    );
  }
}

/**
 * Runs a COPY TO STDOUT and hands on its rows, whole.
 * @throws what the server says, or `take` throws; the session is of no use any more in that case
 */
export async function copyOut(
  client: PoolClient,
  select: string,
  form: 'text' | 'binary',
  take: TakeChunk,
): Promise<void> {
  const sql = `COPY (${select}\n) TO STDOUT (FORMAT ${form})`;
  const copy = new CopyOut(sql, form === 'binary', take);
  client.query(copy);
  await copy.ended;
}
