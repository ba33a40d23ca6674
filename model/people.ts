/** Tenants, users, keys, grants and audit: one model for every surface. */
import { z } from 'zod';
import { noControlCharacters } from './fields';

/** From the least to the most: each may do what those before it may. */
export const roles = ['viewer', 'operator', 'developer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** True where `role` may do what needs `needed`. */
export function roleAllows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

export const tenantSchema = z.object({ id: z.string(), name: z.string(), createdAt: z.string() });
export type Tenant = z.infer<typeof tenantSchema>;

/** Most characters of what vendors' callers send as tenant and credential. */
export const maxCredential = 32;

/** A user's name in other systems, as their callers send it in a header. */
export const accountSchema = z
  .string()
  .trim()
  .min(1, 'an account name is needed; null takes it away')
  .max(maxCredential, `at most ${maxCredential} characters are allowed`)
  .regex(noControlCharacters, 'no control characters are allowed');

export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  account: z.string().nullable().meta({ description: 'Name in other systems, one in the tenant' }),
  identityTriggers: z.boolean().meta({
    description: 'Whether vendor calls that trigger tables may name this user without a key',
  }),
  createdAt: z.string(),
});
export type User = z.infer<typeof userSchema>;

/** What may be changed of a user; what is left out stays. */
export interface UserChange {
  name?: string | undefined;
  role?: Role | undefined;
  account?: string | null | undefined;
  identityTriggers?: boolean | undefined;
}

export const credentialTypes = ['UID', 'TOKEN', 'ACCOUNT', 'APIKEY'] as const;

/** What a vendor's caller says of itself. `UID` and `ACCOUNT` are no secrets. */
export interface TriggerCredential {
  tenant: string;
  type: (typeof credentialTypes)[number];
  value: string;
}

/** A key as it is listed: never the secret itself. */
export const keySchema = z.object({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  /** The key's first characters, to tell keys apart. */
  prefix: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
});
export type Key = z.infer<typeof keySchema>;

/** An access key as it is listed. Vendors' SDKs sign with its secret, which is never shown again. */
export const accessKeySchema = z.object({
  id: z.string().meta({ description: 'What vendors call the AccessKeyId' }),
  userId: z.string(),
  name: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
});
export type AccessKey = z.infer<typeof accessKeySchema>;

export const grantSchema = z.object({
  userId: z.string(),
  connection: z.string(),
  read: z.boolean(),
  write: z.boolean(),
});
export type Grant = z.infer<typeof grantSchema>;

/** What a grant is about: reading through a connection, or writing. */
export const grantSides = ['read', 'write'] as const;
export type GrantSide = (typeof grantSides)[number];

/** True where a user of that role, with that grant on a connection (null: none), may use it so. */
export function grantAllows(
  role: Role,
  grant: Pick<Grant, GrantSide> | null,
  side: GrantSide,
): boolean {
  return role === 'admin' || (grant !== null && grant[side]);
}

/** One line of the audit: who did what to which thing. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Who is asking, as every layer below the edge sees it. */
export interface Caller {
  tenant: string;
  userId: string;
  name: string;
  role: Role;
  /** The key behind it; absent where it was named without one. */
  keyId?: string;
  /** The vendor surface that the call came by; absent for those of our own. */
  via?: string;
}
