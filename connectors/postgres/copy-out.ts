/**
 * COPY out of PostgreSQL. The server sends each row as a message of its own; here the bytes of many
 * rows are brought together in one pass, which costs a fraction of taking message by message.
 */
import type { Socket } from 'node:net';
import type { PoolClient, Submittable } from 'pg';
import { binaryHeader } from './copy-binary';
import type { TakeChunk } from '../transfer';

/** Bytes that are handed on together, but for a row that is larger. */
const chunkBytes = 512 << 10;

/** Codes of the messages of the protocol. */
const copyData = 0x64;
const copyDone = 0x63;
const errorResponse = 0x45;
const headBytes = 5;

interface PgConnection {
  stream: Socket;
  query(sql: string): void;
}

type DataListener = (bytes: Buffer) => void;

class CopyOut implements Submittable {
  readonly ended: Promise<void>;
  readonly #sql: string;
  readonly #take: TakeChunk;
  #skip: number;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #stream: Socket | null = null;
  #usual: DataListener = () => undefined;
  #rest: Buffer | null = null;
  #out = Buffer.allocUnsafe(chunkBytes);
  #used = 0;
  #rows = 0;
  #taking: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(sql: string, isBinary: boolean, take: TakeChunk) {
    this.#sql = sql;
    this.#skip = isBinary ? binaryHeader.length : 0;
    this.#take = take;
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
    const all = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = this.#read(all);
    if (end === null) return;
    this.#rest = end === all.length ? null : all.subarray(end);
  };

  /** @returns where what is not whole begins; null: the copy is over, and `pg` has the rest */
  #read(bytes: Buffer): number | null {
    let at = 0;
    while (at + headBytes <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      const code = bytes[at]!;
      if (code === errorResponse) return this.#handBack(bytes.subarray(at));
      if (end > bytes.length) break;
      if (code === copyDone) return this.#handBack(bytes.subarray(end));
      if (code === copyData) this.#add(bytes, at + headBytes, end);
      at = end;
    }
    return at;
  }

  #handBack(bytes: Buffer): null {
    const stream = this.#stream!;
    stream.off('data', this.#onData);
    stream.on('data', this.#usual);
    this.#usual(bytes);
    return null;
  }

  #add(bytes: Buffer, start: number, end: number): void {
    const from = start + this.#skip;
    this.#skip = 0;
    // The trailer of the binary form, and a header without a row.
    if (end - from === 2 && bytes[from] === 0xff && bytes[from + 1] === 0xff) return;
    if (from >= end) return;
    const size = end - from;
    if (this.#used + size > this.#out.length) {
      this.#send();
      if (size > this.#out.length) this.#out = Buffer.allocUnsafe(size);
    }
    bytes.copy(this.#out, this.#used, from, end);
    this.#used += size;
    this.#rows += 1;
  }

  /** Hands on what has come together; nothing more is read until all of it is taken. */
  #send(): void {
    if (this.#rows === 0) return;
    const chunk = { bytes: this.#out.subarray(0, this.#used), rows: this.#rows };
    this.#out = Buffer.allocUnsafe(chunkBytes);
    this.#used = 0;
    this.#rows = 0;
    if (this.#hasFailed) return;
    const stream = this.#stream!;
    stream.pause();
    const taking = this.#taking.then(() => this.#take(chunk));
    this.#taking = taking;
    taking.then(
      () => {
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
