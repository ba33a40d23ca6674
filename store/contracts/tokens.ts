/** The tokens of trigger URLs. */

/** What is kept of a trigger token; the token itself is derived, never stored. */
export interface TokenRow {
  tenant: string;
  taskId: string;
  table: string;
  /** Only grows, over removal and re-adding of the table too. */
  version: number;
  revoked: boolean;
  lastUsedAt: string | null;
  lastCaller: string | null;
}

export interface TokenStore {
  /** Revokes one table's token and makes its next version live. Null where it has no live token. */
  rotate(tenant: string, taskId: string, table: string): Promise<TokenRow | null>;
  /** Live tokens of a task, in table order. */
  list(tenant: string, taskId: string): Promise<TokenRow[]>;
  /** The version that each table's token has, or would get if it were live; in the order given. */
  versions(tenant: string, taskId: string, tables: string[]): Promise<number[]>;
  /** The live token with this digest; null for unknown, rotated and revoked ones. */
  findByDigest(digest: string): Promise<TokenRow | null>;
  /** Notes the last use; called in batches. */
  noteUse(
    uses: { tenant: string; taskId: string; table: string; at: string; caller: string }[],
  ): Promise<void>;
}
