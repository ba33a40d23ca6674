/**
 * One pass over the bytes of a text file: what is needed to tell its encoding and whether its line
 * ends are of one kind. A run looks at the whole file, as the first other letter may come late.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

export interface TextSurvey {
  /** The first bytes, up to `headBytes`. */
  head: Buffer;
  /** True when `head` is the whole text. */
  complete: boolean;
  utf8: boolean;
  /** Lines that are not plain ASCII, from all over the file; told apart by `\n`. */
  sample: Buffer;
  size: number;
  /** NUL bytes at even and at odd places. */
  nulEven: number;
  nulOdd: number;
  /** More than one of CRLF, LF and CR occurs, also within quotes. */
  mixedLineEnds: boolean;
}

const chunkBytes = 1 << 20;
/** For looks at the beginning. */
const pieceBytes = 64 << 10;
const headBytes = 256 << 10;
const sampleBytes = 256 << 10;
/** From one chunk, so that the sample is spread over the file. */
const samplePerChunk = 16 << 10;

/** The text's bytes, unpacked when the file is compressed. */
export function openBytes(path: string, compressed: boolean, signal: AbortSignal): Readable {
  const file = createReadStream(path, { highWaterMark: chunkBytes, signal });
  return compressed ? unpack(file, false) : file;
}

/** @param cut the file goes on, so that its end is no fault */
function unpack(file: Readable, cut: boolean): Readable {
  const finishFlush = cut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  const unpacked = createGunzip({ chunkSize: cut ? pieceBytes : chunkBytes, finishFlush });
  file.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => file.destroy());
  return file.pipe(unpacked);
}

/** Bytes at the end that begin a UTF-8 character without finishing it. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

class Surveyor {
  readonly #head: Buffer[] = [];
  readonly #sample: Buffer[] = [];
  #headSize = 0;
  #sampleSize = 0;
  #size = 0;
  #utf8 = true;
  #unfinished = Buffer.alloc(0);
  #nulEven = 0;
  #nulOdd = 0;
  #previous = 0;
  readonly #lineEnds = { crlf: false, lf: false, cr: false };

  add(chunk: Buffer): void {
    if (this.#headSize < headBytes) {
      const part = chunk.subarray(0, headBytes - this.#headSize);
      this.#head.push(part);
      this.#headSize += part.length;
    }
    this.#addLineEnds(chunk);
    if (chunk.includes(0)) this.#addNuls(chunk);
    if (!isAscii(chunk) || this.#unfinished.length > 0) this.#addLetters(chunk);
    this.#size += chunk.length;
    this.#previous = chunk.at(-1) ?? this.#previous;
  }

  #addLineEnds(chunk: Buffer): void {
    const seen = this.#lineEnds;
    if (this.#previous === 0x0d && chunk[0] !== 0x0a) seen.cr = true;
    if (this.#previous === 0x0d && chunk[0] === 0x0a) seen.crlf = true;
    for (let at = chunk.indexOf(0x0d); at >= 0 && !seen.cr; at = chunk.indexOf(0x0d, at + 1)) {
      if (at + 1 === chunk.length) break;
      if (chunk[at + 1] === 0x0a) seen.crlf = true;
      else seen.cr = true;
    }
    for (let at = chunk.indexOf(0x0a); at >= 0 && !seen.lf; at = chunk.indexOf(0x0a, at + 1)) {
      if ((at > 0 ? chunk[at - 1] : this.#previous) !== 0x0d) seen.lf = true;
    }
  }

  #addNuls(chunk: Buffer): void {
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) {
      if ((this.#size + at) % 2 === 0) this.#nulEven += 1;
      else this.#nulOdd += 1;
    }
  }

  #addLetters(chunk: Buffer): void {
    if (this.#utf8) {
      const bytes = Buffer.concat([this.#unfinished, chunk]);
      const end = bytes.length - unfinishedBytes(bytes);
      this.#utf8 = isUtf8(bytes.subarray(0, end));
      this.#unfinished = Buffer.from(bytes.subarray(end));
    }
    let taken = 0;
    let start = 0;
    while (start < chunk.length && taken < samplePerChunk && this.#sampleSize < sampleBytes) {
      const end = chunk.indexOf(0x0a, start);
      const line = chunk.subarray(start, end < 0 ? chunk.length : end + 1);
      start += line.length;
      // A line that the chunk's edges cut may hold half a character.
      const cut = end < 0 || (start === line.length && this.#size > 0);
      if (isAscii(line) || (cut && chunk.length !== line.length)) continue;
      const copy = Buffer.from(line);
      this.#sample.push(copy);
      taken += copy.length;
      this.#sampleSize += copy.length;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** @param cut the text goes on: half a character at its end is no fault */
  result(cut: boolean): TextSurvey {
    const { crlf, lf, cr } = this.#lineEnds;
    const endsInCr = this.#previous === 0x0d;
    return {
      head: Buffer.concat(this.#head),
      complete: !cut && this.#size <= headBytes,
      utf8: this.#utf8 && (cut || this.#unfinished.length === 0),
      sample: Buffer.concat(this.#sample),
      size: this.#size,
      nulEven: this.#nulEven,
      nulOdd: this.#nulOdd,
      mixedLineEnds: [crlf, lf, cr || endsInCr].filter(Boolean).length > 1,
    };
  }
}

/** Reads the text once. @throws what the file system or the unpacking throws */
export async function surveyText(
  path: string,
  compressed: boolean,
  signal: AbortSignal,
): Promise<TextSurvey> {
  const surveyor = new Surveyor();
  for await (const chunk of openBytes(path, compressed, signal)) surveyor.add(chunk as Buffer);
  return surveyor.result(false);
}

/** Of the file as it lies there, and of its text: a packed file may hold a thousand times its size. */
const mostHeadBytes = 1 << 20;

/**
 * Reads the beginning of the text, at most 1 MiB.
 * @throws what the file system or the unpacking throws
 */
export async function surveyHead(path: string, compressed: boolean): Promise<TextSurvey> {
  const { size } = await stat(path);
  const file = createReadStream(path, { end: mostHeadBytes - 1, highWaterMark: pieceBytes });
  const surveyor = new Surveyor();
  const bytes = compressed ? unpack(file, size > mostHeadBytes) : file;
  for await (const piece of bytes) {
    surveyor.add((piece as Buffer).subarray(0, mostHeadBytes - surveyor.size));
    if (surveyor.size === mostHeadBytes) return surveyor.result(true);
  }
  return surveyor.result(size > mostHeadBytes);
}
