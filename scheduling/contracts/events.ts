/** What happens, as it happens. */
import type { Change } from '../../model/change';
import type { Caller } from '../../model/people';

/** What a stream says; `id` is what its reader comes back with. */
export type StreamEvent =
  | { type: 'change'; id: string; change: Change }
  /** `ready`: it is open. `resync`: something may have been missed. `end`: it is over. */
  | { type: 'ready' | 'resync' | 'end'; id: string };

/**
 * Follows events.
 * @param lastId of the last event that the reader has seen; null: it is new
 * @returns what ends it
 */
export type EventFollower = (
  lastId: string | null,
  listener: (event: StreamEvent) => void,
) => () => void;

export interface EventService {
  /**
   * Tells of all changes in the caller's tenant, whichever process made them.
   * @throws TablegateError tooManyStreams
   */
  subscribe(caller: Caller, ...how: Parameters<EventFollower>): ReturnType<EventFollower>;
  /** Ends all streams. */
  close(): void;
}
