/** What is deleted when it is old enough. */

/** Rows of each kind, by number. */
export interface Pruned {
  ledger: number;
  records: number;
  /** Lines in the logs of runs, those of deleted records among them. */
  logs: number;
  audit: number;
  /** Rows of backfills and their plans. */
  backfills: number;
}

/** Records of a task that stay, as others will ask for them: of these schedule times and later ones. */
export interface NeededRecords {
  tenant: string;
  taskId: string;
  /** ISO 8601 in UTC. */
  since: string;
}

export interface RetentionStore {
  /**
   * Deletes rows of all tenants that are older than the time of their kind, oldest first; null
   * leaves a kind alone. Records go by the end of their run, with their logs; the newest record of
   * each task and that of its newest instance stay.
   * @param batch most rows of each kind
   * @param needed records that stay too, one entry a task
   * @returns how many went; all 0 where nothing is left to delete
   */
  prune(
    limits: Record<keyof Pruned, Date | null>,
    batch: number,
    needed: readonly NeededRecords[],
  ): Promise<Pruned>;
}
