/** Types of columns as a transfer sees them, whichever source or target they are of. */

/** What a column holds. `other`: only its text is known, as its source writes it. */
export type TransferType =
  | { kind: 'boolean' }
  | { kind: 'integer'; min: bigint; max: bigint }
  /** Null: without bound. `special`: NaN and the infinities are among its values. */
  | { kind: 'decimal'; precision: number | null; scale: number | null; special: boolean }
  | { kind: 'float'; bits: 32 | 64; special: boolean }
  | {
      kind: 'text';
      /** In code points; null: without bound. */
      maxCharacters: number | null;
      /** In bytes of UTF-8. */
      maxBytes: number | null;
      /** The character U+0000 can be stored. */
      nul: boolean;
      /** Characters beyond the first 65,536 (emoji) can be stored. */
      astral: boolean;
      /** Filled up with blanks by the database: blanks at the end mean nothing. */
      padded?: true;
    }
  | { kind: 'bytes'; maxBytes: number | null }
  | { kind: 'date'; range: TimeRange }
  | { kind: 'time'; digits: number; zone: boolean; longest: number }
  | { kind: 'timestamp'; digits: number; zone: boolean; range: TimeRange }
  | { kind: 'json' }
  | { kind: 'uuid' }
  | { kind: 'interval' }
  /** Ones and zeros; `length` null: any number of them. */
  | { kind: 'bits'; length: number | null }
  | { kind: 'other'; name: string };

export interface TimeRange {
  /** First and last text that is allowed, as in `1970-01-01 00:00:01`; null: year 0001. */
  first: string;
  last: string;
  /** `infinity` and `-infinity` are among the values. */
  infinite: boolean;
  /** `0000-00-00` is among the values. */
  zero: boolean;
}

/** A column of a source or target. */
export interface TransferColumn {
  name: string;
  type: TransferType;
  /** As its source or target names the type, for messages and for making the same one. */
  vendorType: string;
  nullable: boolean;
}

/**
 * A value on its way: its text in the form of its type, or bytes; null is NULL. Texts are those of
 * SQL: `true`, `-12.50`, `2026-01-31`, `23:59:59.999`, `2026-01-31 23:59:59.999`, with zone always
 * in UTC and ending in `+00`.
 */
export type Cell = string | Uint8Array | null;

export const integerType = (bits: number, signed = true): TransferType => {
  const span = 1n << BigInt(signed ? bits - 1 : bits);
  return { kind: 'integer', min: signed ? -span : 0n, max: span - 1n };
};

export const plainText: TransferType = {
  kind: 'text',
  maxCharacters: null,
  maxBytes: null,
  nul: true,
  astral: true,
};

/** Years that every kind has. */
export const commonRange: TimeRange = {
  first: '0001-01-01 00:00:00',
  last: '9999-12-31 23:59:59.999999999',
  infinite: false,
  zero: false,
};
