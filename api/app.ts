/** The API as an Express app that does not listen yet. It keeps no state. */
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Settings } from '../config';
import { TablegateError } from '../model/errors';
import type { Scheduling } from '../scheduling/scheduling';
import { sendProblem } from './answer';
import { consolePages } from './console/pages';
import { docsAssets } from './docs/assets';
import { refusalOf } from './errors/refusal-of';
import { openApiDocument } from './openapi/document';
import { newReceipt } from './receipt';
import { requestLog } from './request-log';
import { routes } from './routes';
import { serveRoutes } from './routes/serve';
import { aloudataCalls } from './vendors/aloudata/describe';
import { aloudata } from './vendors/aloudata/surface';
import { dataArtsCalls } from './vendors/dataarts/describe';
import { dataArts } from './vendors/dataarts/surface';
import { sdkSamples } from './vendors/dataarts/sdk-sample';
import { dataworksCalls } from './vendors/dataworks/describe';
import { dataworks } from './vendors/dataworks/surface';
import { triggerUrlCalls } from './vendors/quick-audience/describe';
import { triggerUrls } from './vendors/quick-audience/trigger-urls';

export interface AppOptions {
  scheduling: Scheduling;
  settings: Settings;
  log: Logger;
  /** Folder of the built console. */
  consoleDir: string;
}

/** Makes the app: trigger URLs first, as they come in bursts and share nothing with the rest. */
export function makeApp({ scheduling, settings, log, consoleDir }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.use(securityHeaders(settings));
  app.use('/trigger', triggerUrls(scheduling.triggers, log));
  app.use(requestLog(log));
  app.use('/anymetrics', aloudata(scheduling, settings));
  app.use('/v3', dataArts(scheduling, settings));
  app.use(dataworks(scheduling, settings));
  app.use(docsAssets());
  app.use(consolePages(consoleDir));
  let made: object | null = null;
  const document = () => (made ??= wholeDocument(settings));
  app.use(serveRoutes({ routes, scheduling, settings, document }));
  app.use(answerErrors(settings));
  return app;
}

/** All surfaces, as one document. */
export function wholeDocument(settings: Settings): object {
  const calls = [
    ...triggerUrlCalls,
    ...aloudataCalls,
    ...dataArtsCalls,
    ...dataworksCalls(settings.publicUrl),
  ];
  return openApiDocument(routes, calls, settings, { DataArts: sdkSamples });
}

/**
 * Scripts, styles and pictures come from this server only; inline styles are what the try-it page
 * and the console make. Whether there is HTTPS in front is for the public URL to say.
 */
function securityHeaders({ publicUrl }: Settings) {
  return helmet({
    contentSecurityPolicy: {
      directives: {
        fontSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: publicUrl.startsWith('https:'),
  });
}

function answerErrors(settings: Settings): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const { publicUrl } = settings;
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const refusal = refusalOf(error);
    if (refusal && refusal.code !== 'internal') {
      // What lies behind it is for who runs the server.
      if (refusal.status === 503) req.log.warn({ err: refusal }, 'a request was not served');
      sendProblem(res, refusal, publicUrl);
      return;
    }
    const traceId = newReceipt();
    req.log.error({ traceId, err: error }, 'a request failed');
    const internal = new TablegateError('internal', 'Something went wrong here');
    sendProblem(res, internal, publicUrl, traceId);
  };
}
