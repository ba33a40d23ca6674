/** COPY into PostgreSQL. */
import type { Socket } from 'node:net';
import type { PoolClient, Submittable } from 'pg';

/** Codes of the messages of the protocol. */
const copyData = 0x64;
const copyDone = 0x63;
const copyFail = 0x66;
const headBytes = 5;

interface PgConnection {
  stream: Socket;
  query(sql: string): void;
}

/** A COPY that takes rows. */
export class CopyIn implements Submittable {
  readonly #sql: string;
  #stream: Socket | null = null;
  #begin: () => void = () => undefined;
  #end: () => void = () => undefined;
  readonly #begun = new Promise<void>((resolve) => (this.#begin = resolve));
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));
  /** What the server said, after which it takes no more. */
  refused: Error | null = null;
  /** That it took, in the end. */
  rows = 0;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** Called by `pg` when it is this statement's turn. */
  submit(connection: unknown): void {
    const { stream } = connection as PgConnection;
    this.#stream = stream;
    (connection as PgConnection).query(this.#sql);
  }

  handleCopyInResponse(): void {
    this.#begin();
  }

  handleError(error: Error): void {
    this.refused ??= error;
    this.#begin();
    this.#end();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#end();
  }

  /**
   * Hands on bytes, wherever rows begin and end. The system has them when this is done: they may be
   * written over.
   * @throws what the server says
   */
  async put(bytes: Buffer): Promise<void> {
    await this.#send(copyData, bytes);
  }

  /** @throws what the server says */
  async finish(): Promise<void> {
    await this.#send(copyDone, Buffer.alloc(0));
    await this.#ended;
    if (this.refused !== null) throw this.refused;
  }

  /** Lets the server forget the rows; the session can be used again. */
  async giveUp(): Promise<void> {
    await this.#send(copyFail, Buffer.from('the copy is given up\0')).catch(() => undefined);
    await this.#ended;
  }

  async #send(code: number, bytes: Buffer): Promise<void> {
    await this.#begun;
    if (this.refused !== null) throw this.refused;
    const head = Buffer.allocUnsafe(headBytes);
    head[0] = code;
    head.writeUInt32BE(bytes.length + headBytes - 1, 1);
    const stream = this.#stream!;
    await new Promise<void>((resolve, reject) => {
      stream.cork();
      stream.write(head);
      stream.write(bytes, (error) => {
        if (error) reject(this.refused ?? error);
        else resolve();
      });
      stream.uncork();
    });
  }
}

/**
 * Runs a COPY and ends it, so that the session can be used again, whatever happens.
 * @returns rows that it took
 * @throws what the server says; what `feed` throws
 */
export async function copyInto(
  client: PoolClient,
  sql: string,
  feed: (copy: CopyIn) => Promise<void>,
): Promise<number> {
  const copy = new CopyIn(sql);
  client.query(copy);
  try {
    await feed(copy);
    await copy.finish();
    return copy.rows;
  } catch (error) {
    const cause = copy.refused ?? error;
    if (copy.refused === null) await copy.giveUp();
    throw cause;
  }
}
