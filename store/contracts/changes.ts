/** What changed, for those who follow it live. */
import type { Change } from '../../model/change';

export interface ChangeListener {
  /** What transactions have changed, in the order in which they were committed. */
  onChanges(tenant: string, changes: Change[]): void;
  /** Changes may have been missed until now. */
  onGap(): void;
}

export interface ChangeStore {
  /**
   * Hears of all that any process changes, by a connection of its own that is made at the first call
   * and made again when it is lost.
   * @returns what ends it
   */
  listen(listener: ChangeListener): () => void;
}
