/**
 * Serves the built console: its files, and its one page for every address that a browser may open.
 * What belongs to the API and to the surfaces of vendors is never answered here.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { sendText } from '../answer';
import { noteForLog } from '../request-log';
import { BuiltFiles, endingOf, packings, type BuiltFile } from './built-files';

/** First parts of paths that are no pages. */
const notPages = /^\/(?:api|trigger|anymetrics|v3|healthz|readyz)(?:\/|$)/;

const notBuilt = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Tablegate</title></head>
<body>
<h1>Tablegate</h1>
<p>The console is not built here: <code>npm run build</code> builds it. The API is at <a href="/api/docs">/api/docs</a>.</p>
</body>
</html>
`;

/** @param folder of the built console; where it is not there, `/` says so */
export function consolePages(folder: string): RequestHandler {
  const files = new BuiltFiles(folder);
  return (req, res, next) => {
    if ((req.method !== 'GET' && req.method !== 'HEAD') || notPages.test(req.path)) return next();
    const isBuilt = files.refresh();
    const asked = req.path === '/' ? '/index.html' : req.path;
    const file = files.find(asked) ?? (wantsPage(req) ? files.find('/index.html') : null);
    if (file) return sendFile(req, res, next, { folder, file });
    if (req.path !== '/' || isBuilt) return next();
    noteForLog(req, { route: '/' });
    sendText(res, 200, 'text/html; charset=utf-8', notBuilt);
  };
}

/** A browser that opens an address says so; programs, which take anything, are told what is there. */
function wantsPage({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '');
}

function sendFile(
  req: Request,
  res: Response,
  next: NextFunction,
  { folder, file }: { folder: string; file: BuiltFile },
): void {
  const { name, mediaType, isHashed, digest } = file;
  noteForLog(req, { route: isHashed ? '/assets' : '/' });
  const accepted = req.acceptsEncodings([...packings]);
  const packing = file.packings.find((one) => one === accepted);
  res.setHeader('Vary', 'Accept-Encoding');
  res.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  const options = {
    root: folder,
    dotfiles: 'allow' as const,
    ...{ cacheControl: false, acceptRanges: false, lastModified: false },
    headers: {
      'Content-Type': mediaType,
      ETag: `"${digest}${packing ? `-${packing}` : ''}"`,
      ...(packing && { 'Content-Encoding': packing }),
    },
  };
  res.sendFile(packing ? name + endingOf[packing] : name, options, (error) => {
    if (!error || res.headersSent) return;
    // It went with a build this very moment.
    for (const header of ['Cache-Control', 'ETag']) res.removeHeader(header);
    next();
  });
}
