/** Rows of tables as rows of numbers: the IDs of one row belong together. 4 bytes a cell. */

/** Stands for a cell without an ID. */
export const noId = 0xffffffff;

/** One array a column, all as long as the table has rows. */
export type LinkTable = Uint32Array[];

/** Arrays that threads share: what is handed to another one is the same memory. */
export const sharedNumbers = (count: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
export const sharedWords = (count: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
export const sharedPlaces = (count: number): Uint16Array =>
  new Uint16Array(new SharedArrayBuffer(count * Uint16Array.BYTES_PER_ELEMENT));
export const sharedBytes = (count: number): Uint8Array =>
  new Uint8Array(new SharedArrayBuffer(count));

/** The IDs of one type: a run of numbers. */
export interface IdRange {
  idType: string;
  start: number;
  end: number;
}

/** Why an ID links nobody and is not in the result; `0`: it is. */
export const leftOutReasons = [
  '',
  'filler',
  'shared',
  'contradicting',
  'variant',
  'nobody',
] as const;
export type LeftOutReason = 'filler' | 'shared' | 'contradicting';

/** Place of a reason in an array of one byte an ID. `variant`: another spelling stands for it. */
export const leftOutCode = {
  ...{ filler: 1, shared: 2, contradicting: 3 },
  ...{ variant: 4, nobody: 5 },
} as const;

/** No code of a reason: it links nobody as long as that is not decided. */
export const mayBeLeftOut = 0xff;
