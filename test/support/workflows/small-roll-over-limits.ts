/** Takes the place of `workflows/roll-over-limits.ts` where a test wants many roll-overs. */
export const rollOverLimits = {
  quiet: { events: 60 },
  due: { events: 120, bytes: 1024 * 1024, messages: 40 },
  urgent: { events: 200, bytes: 2 * 1024 * 1024 },
  driver: { events: 100, bytes: 1024 * 1024 },
};
