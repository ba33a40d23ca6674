/** Tenants, users, keys, grants and audit: one model for every surface. */
import { z } from 'zod';

/** From the least to the most: each may do what those before it may. */
export const roles = ['viewer', 'operator', 'developer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** True where `role` may do what needs `needed`. */
export function roleAllows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

export const tenantSchema = z.object({ id: z.string(), name: z.string(), createdAt: z.string() });
export type Tenant = z.infer<typeof tenantSchema>;

export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  createdAt: z.string(),
});
export type User = z.infer<typeof userSchema>;

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

export const grantSchema = z.object({
  userId: z.string(),
  connection: z.string(),
  read: z.boolean(),
  write: z.boolean(),
});
export type Grant = z.infer<typeof grantSchema>;

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
}
