/** Where the server is, and the key that its API is called with. */
import path from 'node:path';
import { adminKeyFile, readAdminKey } from '../admin-key';
import { apiClient, type ApiClient } from '../api-client';
import { UsageError } from './usage-error';

export interface ConnectOptions {
  url?: string;
  key?: string;
  dataDir?: string;
}

/** A server and the key for it, with where the key was found. */
export interface Place {
  url: string;
  key: string;
  keyFrom: string;
}

const usualUrl = 'http://127.0.0.1:8080';

/**
 * Finds the server and the key: by option, by TABLEGATE_URL and TABLEGATE_KEY, else the usual
 * address and `admin.key` of the data folder.
 * @throws UsageError for a URL that is none; Error where there is no key
 */
export function placeOf(options: ConnectOptions, env: NodeJS.ProcessEnv): Place {
  return { url: urlOf(options, env), ...keyOf(options, env) };
}

/** A plan of half a million cells takes its time; fetch itself gives up after 300 s. */
const slowLimitMs = 280_000;

/** The API at a place; `slowApi` waits minutes for an answer. */
export function connect({ url, key }: Place): { api: ApiClient; slowApi: ApiClient } {
  return {
    api: apiClient({ url, key }),
    slowApi: apiClient({ url, key, callLimitMs: slowLimitMs }),
  };
}

function urlOf({ url }: ConnectOptions, env: NodeJS.ProcessEnv): string {
  const text = (url ?? (env.TABLEGATE_URL || usualUrl)).trim();
  const name = url === undefined ? 'TABLEGATE_URL' : '--url';
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new UsageError(`${name} is "${text}"; it must be a URL such as ${usualUrl}`);
  }
  return text.replace(/\/+$/, '');
}

function keyOf({ key, dataDir }: ConnectOptions, env: NodeJS.ProcessEnv): Omit<Place, 'url'> {
  const given = key === undefined ? env.TABLEGATE_KEY : key;
  if (given?.trim()) {
    return { key: checked(given.trim()), keyFrom: key === undefined ? 'TABLEGATE_KEY' : '--key' };
  }
  const folder = path.resolve(dataDir ?? (env.TABLEGATE_DATA_DIR || '.tablegate'));
  const file = adminKeyFile(folder);
  return { key: checked(readKey(folder)), keyFrom: file };
}

function readKey(folder: string): string {
  try {
    return readAdminKey(folder);
  } catch {
    throw new Error(
      `There is no key: ${adminKeyFile(folder)} cannot be read. Name the data folder of the ` +
        'server with --data-dir, or give a key with --key or TABLEGATE_KEY. A server that starts ' +
        'for the first time (npm start, or npx tablegate up) makes that file.',
    );
  }
}

/** A header takes visible ASCII only; what it does not take would be shown in the error. */
function checked(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new Error('The key has characters that no key has');
}
