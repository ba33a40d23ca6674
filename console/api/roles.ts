/** Roles, from the least to the most. */
import type { Schemas } from './client';

export type Role = Schemas['Caller']['role'];

const order: readonly Role[] = ['viewer', 'operator', 'developer', 'admin'];

/** True where `role` may do what needs `needed`. */
export function roleAllows(role: Role, needed: Role): boolean {
  return order.indexOf(role) >= order.indexOf(needed);
}
