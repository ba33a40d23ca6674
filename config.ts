/** Settings, read once from the environment (flags are put into it by the command line). */
import os from 'node:os';
import path from 'node:path';
import { isTimezone } from './model/timezone';

export interface Settings {
  /** Address that the API listens on. */
  host: string;
  port: number;
  /** Absolute path of the data folder. */
  dataDir: string;
  /** Base of every URL that is handed out, without a slash at its end. */
  publicUrl: string;
  /**
   * Folders (absolute) below which connections of kind `files` and `duckdb` may lie; `files` in
   * the data folder is always one of them, it holds the built-in analysis source.
   */
  filesRoots: string[];
  /** IANA zone that schedule times without offset are read in by default. */
  timezone: string;
  /** Text that secrets are derived from; null: generated into the data folder. */
  secret: string | null;
  /** PostgreSQL of the store. The launcher sets it when it runs the embedded one. */
  databaseUrl: string | null;
  /** Task queue that workflows and activities of the default resource group run on. */
  taskQueue: string;
  /** Task queue of resource groups whose jobs alone a worker takes; null: it does all the rest. */
  groupQueue: string | null;
  /** Base URL of Temporal UI, for the links in records; null: no links. */
  temporalUiUrl: string | null;
  logLevel: string;
  /** Most jobs that one worker runs at the same time. */
  maxJobs: number;
  /** What the vendor's calls that need an edition are judged by. */
  edition: Edition;
  /** Where webhooks may be: `host` or `host:port`, or `*` alone for everywhere; empty: nowhere. */
  webhookHosts: string[];
  retention: Retention;
  /** How many times as long as usual PostgreSQL and Temporal may take to answer. */
  patience: number;
}

/** Editions from the least to the most. */
export const editions = ['Free', 'Basic', 'Standard', 'Professional', 'Enterprise'] as const;
export type Edition = (typeof editions)[number];

/** Days that each kind of row is kept in the store; null: for ever. */
export interface Retention {
  ledger: number | null;
  /** From the end of the run; the newest record of each task stays. */
  records: number | null;
  logs: number | null;
  audit: number | null;
}

/** A setting that cannot be used; the message names it and says what is allowed. */
export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 8080;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new SettingsError(`PORT is "${text}"; it must be a whole number from 0 to 65535`);
  }
  return port;
}

function readMaxJobs(text: string | undefined): number {
  if (text === undefined || text === '') return Math.max(2, os.availableParallelism());
  const most = Number(text);
  if (!Number.isInteger(most) || most < 1 || most > 1000) {
    throw new SettingsError(
      `TABLEGATE_MAX_JOBS is "${text}"; it must be a whole number from 1 to 1000`,
    );
  }
  return most;
}

function readPatience(text: string | undefined): number {
  if (text === undefined || text === '') return 1;
  const patience = Number(text);
  if (!Number.isInteger(patience) || patience < 1 || patience > 20) {
    throw new SettingsError(
      `TABLEGATE_PATIENCE is "${text}"; it must be a whole number from 1 to 20`,
    );
  }
  return patience;
}

function readTimezone(text: string | undefined): string {
  const timezone = text || 'UTC';
  if (!isTimezone(timezone)) {
    throw new SettingsError(
      `TABLEGATE_TIMEZONE is "${timezone}"; it must be an IANA zone such as Europe/Berlin`,
    );
  }
  return timezone;
}

function readEdition(text: string | undefined): Edition {
  if (text === undefined || text === '') return 'Basic';
  const edition = editions.find((name) => name.toLowerCase() === text.toLowerCase());
  if (edition) return edition;
  throw new SettingsError(
    `TABLEGATE_EDITION is "${text}"; it must be one of ${editions.join(', ')}`,
  );
}

function readWebhookHosts(text: string | undefined): string[] {
  const hosts = (text ?? '')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
  const wrong = hosts.find((host) => !isHost(host) && (host !== '*' || hosts.length > 1));
  if (wrong !== undefined) {
    throw new SettingsError(
      `TABLEGATE_WEBHOOK_HOSTS has "${wrong}"; it must be a list such as ` +
        'hooks.example.com,gate.example.com:8443, or * alone for every host',
    );
  }
  return hosts;
}

/** True for `host` and `host:port`, written as URLs have them. */
function isHost(text: string): boolean {
  const url = `http://${text}/`;
  if (!URL.canParse(url)) return false;
  const { host, hostname } = new URL(url);
  // Port 80 is this scheme's own, which URLs leave out.
  return !text.includes('*') && (text === host || text === `${hostname}:80`);
}

/** Days that fit into what dates can hold. */
const mostDays = 36_500;

function readDays(name: string, text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > mostDays) {
    throw new SettingsError(
      `${name} is "${text}"; it must be a whole number of days from 1 to ${mostDays}`,
    );
  }
  return days;
}

function readRetention(env: NodeJS.ProcessEnv): Retention {
  return {
    ledger: readDays('TABLEGATE_RETENTION_LEDGER_DAYS', env.TABLEGATE_RETENTION_LEDGER_DAYS),
    records: readDays('TABLEGATE_RETENTION_RECORDS_DAYS', env.TABLEGATE_RETENTION_RECORDS_DAYS),
    logs: readDays('TABLEGATE_RETENTION_LOGS_DAYS', env.TABLEGATE_RETENTION_LOGS_DAYS),
    audit: readDays('TABLEGATE_RETENTION_AUDIT_DAYS', env.TABLEGATE_RETENTION_AUDIT_DAYS),
  };
}

/** Trigger tokens and stored passwords are only as safe as this text is long. */
const shortestSecret = 16;

/**
 * Folders below which the files of one tenant's connections may lie: the configured ones belong to
 * the first tenant, every other has a folder of its own, so that nothing crosses.
 */
export function filesRootsOf(
  { filesRoots, dataDir }: Pick<Settings, 'filesRoots' | 'dataDir'>,
  tenant: string,
): string[] {
  return tenant === 'default' ? filesRoots : [path.join(dataDir, 'tenants', tenant, 'files')];
}

/** The data folder that the environment names: absolute; `.tablegate` in the present folder by default. */
function dataDirOf(env: NodeJS.ProcessEnv): string {
  return path.resolve(env.TABLEGATE_DATA_DIR || '.tablegate');
}

/**
 * Reads all settings.
 * @param env environment variables; empty ones count as not given
 * @throws SettingsError naming the variable, what it held and what is allowed
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const host = env.HOST || '127.0.0.1';
  const port = readPort(env.PORT);
  const dataDir = dataDirOf(env);
  const urlHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const publicUrl = (
    env.TABLEGATE_PUBLIC_URL || `http://${urlHost.includes(':') ? `[${urlHost}]` : urlHost}:${port}`
  ).replace(/\/+$/, '');
  if (!URL.canParse(publicUrl)) {
    throw new SettingsError(
      `TABLEGATE_PUBLIC_URL is "${publicUrl}"; it must be a URL such as https://gate.example.com`,
    );
  }
  const roots = (env.TABLEGATE_FILES_ROOTS ?? '')
    .split(path.delimiter)
    .filter((root) => root !== '')
    .map((root) => path.resolve(root));
  if (env.TABLEGATE_SECRET && env.TABLEGATE_SECRET.length < shortestSecret) {
    throw new SettingsError(
      `TABLEGATE_SECRET is too short; it must have at least ${shortestSecret} characters`,
    );
  }
  return {
    host,
    port,
    dataDir,
    publicUrl,
    filesRoots: [...roots, path.join(dataDir, 'files')],
    timezone: readTimezone(env.TABLEGATE_TIMEZONE),
    secret: env.TABLEGATE_SECRET || null,
    databaseUrl: env.DATABASE_URL || null,
    taskQueue: env.TABLEGATE_TASK_QUEUE || 'tablegate',
    groupQueue: env.TABLEGATE_GROUP_QUEUE || null,
    temporalUiUrl: env.TABLEGATE_TEMPORAL_UI_URL?.replace(/\/+$/, '') || null,
    logLevel: env.TABLEGATE_LOG_LEVEL || 'info',
    maxJobs: readMaxJobs(env.TABLEGATE_MAX_JOBS),
    edition: readEdition(env.TABLEGATE_EDITION),
    webhookHosts: readWebhookHosts(env.TABLEGATE_WEBHOOK_HOSTS),
    retention: readRetention(env),
    patience: readPatience(env.TABLEGATE_PATIENCE),
  };
}
