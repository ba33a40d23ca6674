/**
 * What a collection does with what is in the source, and with what is gone from it. Both policies
 * are texts with a digit, as DataArts has them; they are kept as sent.
 */

export interface AlivePolicy {
  /** Tables that the catalogue knows are brought up to date. */
  updates: boolean;
  /** Tables that it does not know are added. */
  adds: boolean;
}

/** `"1"`: only updates; `"2"`: only adds; any other: both. */
export function alivePolicyOf(value: string): AlivePolicy {
  return { updates: value !== '2', adds: value !== '1' };
}

/** `remove`: out of the catalogue; `leave`: nothing is noted; `mark`: it is shown as deleted. */
export type DeletedPolicy = 'remove' | 'leave' | 'mark';

/** `"1"`: removed; `"2"`: left as it is; any other: marked. */
export function deletedPolicyOf(value: string): DeletedPolicy {
  if (value === '1') return 'remove';
  return value === '2' ? 'leave' : 'mark';
}

/** What the catalogue has of a table already. */
export interface KnownTable {
  digest: string;
  version: number;
  deleted: boolean;
}

/**
 * `added` and `changed`, and `restored` for one that was marked as deleted, make a version;
 * `unchanged` only brings facts; `left` is for the policy.
 */
export type CollectedOutcome = 'added' | 'changed' | 'restored' | 'unchanged' | 'left';

/** What becomes of a table that is in the source. */
export function outcomeOf(
  known: KnownTable | undefined,
  digest: string,
  policy: AlivePolicy,
): CollectedOutcome {
  if (known === undefined) return policy.adds ? 'added' : 'left';
  if (!policy.updates) return 'left';
  if (known.deleted) return 'restored';
  return known.digest === digest ? 'unchanged' : 'changed';
}
