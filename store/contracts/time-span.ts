/** A span of time that lists are cut by. */

/** First and last moment, ISO 8601 in UTC; both belong to it, null is open. */
export interface TimeSpan {
  from: string | null;
  to: string | null;
}
