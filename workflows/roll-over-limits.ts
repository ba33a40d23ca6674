/** When a workflow rolls over. Temporal itself ends one at 51,200 events or 50 MiB. */
export const rollOverLimits = {
  /** Past these a task's roll-over is taken where the task is idle. */
  quiet: { events: 1_000 },
  /** Past these at any moment, once the store has confirmed everything. */
  due: { events: 4_000, bytes: 4 * 1024 * 1024, messages: 1_000 },
  /**
   * Past these it no longer waits for the store, as long as the state keeps within its bound. A
   * steady stream rolls over here; how long its signals then stall grows with these numbers.
   */
  urgent: { events: 6_000, bytes: 6 * 1024 * 1024 },
  /** Past these the driver of a backfill goes on in a new history, between two steps. */
  driver: { events: 4_000, bytes: 4 * 1024 * 1024 },
};
