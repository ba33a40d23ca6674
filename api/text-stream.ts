/** Answers that are sent piece by piece: they never stand in memory as a whole. */
import { once } from 'node:events';
import type { Response } from 'express';

/** What a handler answers with where its text comes piece by piece. */
export class TextStream {
  constructor(
    readonly mediaType: string,
    /** Under which a browser saves it. */
    readonly fileName: string,
    readonly pieces: AsyncIterable<string>,
  ) {}
}

/**
 * Sends a stream, as fast as it is taken.
 * @throws what the first piece throws, before anything is sent; what comes later breaks the answer
 *   off, which its reader sees by the missing end
 */
export async function sendStream(
  res: Response,
  { mediaType, fileName, pieces }: TextStream,
): Promise<void> {
  const reading = pieces[Symbol.asyncIterator]();
  let piece = await reading.next();
  res.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Disposition': `attachment; filename="${fileName}"`,
    'Cache-Control': 'no-store',
  });
  try {
    while (!piece.done && !res.destroyed) {
      if (!res.write(piece.value)) {
        await Promise.race([once(res, 'drain'), once(res, 'close')]);
      }
      piece = await reading.next();
    }
    res.end();
  } catch {
    res.destroy();
  } finally {
    await reading.return?.();
  }
}
