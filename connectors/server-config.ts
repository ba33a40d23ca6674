/** What the kinds that reach a database server over the network have in their config alike. */
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import { noControlCharacters } from '../model/fields';

/** How a session is kept from being read and changed on its way. */
export const sslModes = ['off', 'require', 'verify'] as const;

const name = (most: number) =>
  z
    .string()
    .min(1, 'it is needed')
    .max(most, `at most ${most} characters are allowed`)
    .regex(noControlCharacters, 'no control characters are allowed');

/** Fields of such a config, in the order in which a form shows them. */
export function serverFields(usualPort: number) {
  return {
    host: name(255)
      .regex(/^[^\s/@]+$/, 'a host name or an IP address is wanted, without scheme, user or path')
      .describe('Name or IP address of the server'),
    port: z.number().int().min(1).max(65_535).default(usualPort),
    database: name(64),
    user: name(128),
    password: z
      .string()
      .max(1000)
      .regex(noControlCharacters, 'no control characters are allowed')
      .default(''),
    ssl: z
      .enum(sslModes)
      .default('off')
      .describe('`off`; `require`: encrypted; `verify`: encrypted, by the server of that name'),
    sslCa: z
      .string()
      .max(100_000)
      .regex(/-----BEGIN CERTIFICATE-----/, 'certificates in PEM form are wanted')
      .optional()
      .describe('Certificates (PEM) that the server is verified by; left out: those known to all'),
    connectTimeoutSeconds: z
      .number()
      .int()
      .min(1)
      .max(60)
      .default(10)
      .describe('Longest that opening a session may take'),
    statementTimeoutSeconds: z
      .number()
      .int()
      .min(1)
      .max(604_800)
      .default(3_600)
      .describe('Longest that one statement of a run may take'),
    maxConnections: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(10)
      .describe('Most sessions that one use opens at once'),
  };
}

export interface ServerConfig {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  ssl: (typeof sslModes)[number];
  sslCa?: string | undefined;
  connectTimeoutSeconds: number;
  statementTimeoutSeconds: number;
  maxConnections: number;
}

/** Names of the fields that are secret. */
export const serverSecrets = ['password'];
/** What a secret is for: where one of these changes, it has to be given again. */
export const serverSecretsFor = ['host', 'port', 'user', 'ssl', 'sslCa'];

export function isVerifiedByAddress({ ssl, host }: Pick<ServerConfig, 'ssl' | 'host'>): boolean {
  return ssl === 'verify' && isIP(host) !== 0;
}

/** The server as sentences name it. */
export function serverOf({ host, port }: Pick<ServerConfig, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The same for one server by whichever name of this machine. */
export function serverKey({ host, port }: Pick<ServerConfig, 'host' | 'port'>): string {
  const lower = host.toLowerCase();
  const isHere = ['localhost', '::1', '0.0.0.0'].includes(lower) || lower.startsWith('127.');
  return `${isHere ? 'localhost' : lower}:${port}`;
}

/** Options of a session's encryption; null: it has none. */
export function tlsOptions({ ssl, sslCa, host }: ServerConfig): ConnectionOptions | null {
  if (ssl === 'off') return null;
  if (ssl === 'require') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(sslCa !== undefined && { ca: sslCa }),
    // By the name of the config, also where it is an address, which carries no server name.
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
}
