/** Which connection of a tenant a place in a script means. Pure. */
import type { Place } from './script-plan';
import type { SyncKind } from './script-schema';

export interface KnownConnection {
  name: string;
  type: string;
  config: Record<string, unknown>;
}

interface JdbcPlace {
  kind: string;
  host: string;
  port: number;
  database: string;
}

const defaultPorts: Record<string, number> = { mysql: 3306, postgres: 5432 };
const kinds: Record<string, string> = {
  mysql: 'mysql',
  mariadb: 'mysql',
  postgresql: 'postgres',
  duckdb: 'duckdb',
};

/** @returns null for a URL of another kind, or one that cannot be read */
export function parseJdbcUrl(url: string): JdbcPlace | null {
  const file = /^jdbc:duckdb:([^?;]+)/i.exec(url);
  if (file) return { kind: 'duckdb', host: '', port: 0, database: file[1]! };
  const found = /^jdbc:(\w+):\/\/(\[[^\]]+\]|[^:/?]+)(?::(\d+))?\/([^?;]*)/i.exec(url);
  const kind = kinds[found?.[1]?.toLowerCase() ?? ''];
  if (!found || kind === undefined) return null;
  const [, , host = '', port, database = ''] = found;
  return {
    kind,
    host: sameHost(host),
    port: port === undefined ? (defaultPorts[kind] ?? 0) : Number(port),
    database: decodeURIComponent(database),
  };
}

/** Names under which a machine calls itself are one host. */
function sameHost(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return ['127.0.0.1', '::1'].includes(bare) ? 'localhost' : bare;
}

function isAt(
  { kind, host, port, database }: JdbcPlace,
  { type, config }: KnownConnection,
): boolean {
  if (type !== kind) return false;
  if (kind === 'duckdb') return normalPath(String(config.path)) === normalPath(database);
  const ownPort = Number(config.port ?? defaultPorts[kind]);
  return (
    sameHost(String(config.host ?? '')) === host &&
    ownPort === port &&
    String(config.database ?? '') === database
  );
}

/** Without doubled slashes, `.` and the slash at the end. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0) parts.pop();
    else parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

/**
 * The connection that a place means.
 * @param known those of the tenant
 * @returns its name; null where none matches
 */
export function connectionAt(
  kind: SyncKind,
  place: Place,
  known: readonly KnownConnection[],
): string | null {
  if (place.by === 'datasource') return place.name;
  if (place.by === 'jdbcUrl') {
    const wanted = place.urls.map(parseJdbcUrl).filter((one) => one !== null && one.kind === kind);
    return known.find((one) => wanted.some((at) => isAt(at!, one)))?.name ?? null;
  }
  const path = normalPath(place.path);
  const holders = known
    .filter(({ type, config }) => type === 'files' && isBelow(path, String(config.path)))
    .toSorted((one, other) => String(other.config.path).length - String(one.config.path).length);
  return holders[0]?.name ?? null;
}

function isBelow(path: string, folder: string): boolean {
  const root = normalPath(folder);
  return path === root || path.startsWith(`${root}/`);
}

/** How a place is told to people. */
export function placeInWords(place: Place): string {
  if (place.by === 'datasource') return `the connection ${place.name}`;
  return place.by === 'jdbcUrl' ? place.urls.join(', ') : `the path ${place.path}`;
}
