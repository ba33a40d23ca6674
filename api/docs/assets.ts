import { Router } from 'express';
import { sendText } from '../answer';
import { noteForLog } from '../request-log';
import { tryItScript } from './try-it-page';

const files = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const;

/** What the try-it page loads, below `/api/docs/`. */
export function docsAssets(): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/api/docs/try-it.js', (req, res) => {
    noteForLog(req, { route: '/api/docs/try-it.js' });
    sendText(res, 200, 'text/javascript; charset=utf-8', tryItScript);
  });
  for (const [name, mediaType] of Object.entries(files)) {
    const path = `/api/docs/${name}`;
    router.get(path, (req, res, next) => {
      noteForLog(req, { route: path });
      const file = require.resolve(`swagger-ui-dist/${name}`);
      res.sendFile(file, { headers: { 'Content-Type': mediaType }, maxAge: 3_600_000 }, (error) => {
        if (error && !res.headersSent) next(error);
      });
    });
  }
  return router;
}
