/** One session with MySQL: statements with their values in them, answers as texts. */
import type { Readable } from 'node:stream';
import type { FieldPacket, PoolConnection, ResultSetHeader } from 'mysql2';

/** Every value comes as the server writes it. */
const raw = { rowsAsArray: true, typeCast: false } as const;

/** A row on its way: bytes, or null. */
export type RawRow = (Buffer | null)[];

export class MysqlSession {
  /** @param isMariaDb some settings have other names there */
  constructor(
    readonly connection: PoolConnection,
    readonly isMariaDb: boolean,
  ) {}

  /** Runs a statement that answers rows, and few of them. */
  query(sql: string): Promise<(string | null)[][]> {
    return new Promise((resolve, reject) => {
      this.connection.query({ sql, ...raw }, (error, rows) => {
        if (error) reject(error);
        else resolve((rows as RawRow[]).map((row) => row.map((value) => textOf(value))));
      });
    });
  }

  /** Runs a statement that answers none. */
  run(sql: string): Promise<ResultSetHeader> {
    return new Promise((resolve, reject) => {
      this.connection.query(sql, (error, result) => {
        if (error) reject(error);
        else resolve(result as ResultSetHeader);
      });
    });
  }

  /**
   * Rows (`RawRow`) of any number: the server is read no faster than they are taken.
   * @param onFields told what the columns are, before the first row
   */
  stream(sql: string, onFields: (fields: FieldPacket[]) => void = () => undefined): Readable {
    const command = this.connection.query({ sql, ...raw });
    command.on('fields', onFields);
    const stream = command.stream({ highWaterMark: 256 });
    // A connection that breaks is not told to the streams over it.
    const fail = (error: Error) => stream.destroy(error);
    this.connection.once('error', fail);
    stream.once('close', () => this.connection.off('error', fail));
    return stream;
  }
}

function textOf(value: Buffer | null): string | null {
  return value === null ? null : value.toString('utf8');
}
