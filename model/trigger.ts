/** Trigger calls, the ledger that keeps them, and the answer that their callers get. */
import { z } from 'zod';

/** One trigger call on its way to the entity. */
export interface Trigger {
  /** 30 lower-case hex characters; the `traceId` of the answer. */
  receipt: string;
  table: string;
  /** When the API took it, ISO 8601 in UTC. */
  at: string;
  /** Who called: address and agent, or the name behind a key; at most 64 characters. */
  caller: string;
  /** The schedule time that was named, ISO 8601 in UTC; null for an undated call. */
  scheduleTime: string | null;
  /** Digest of the Idempotency-Key with whose it is and the table; null where none was sent. */
  key: string | null;
}

export const triggerOutcomes = ['counted', 'duplicate', 'ignored', 'started'] as const;
export type TriggerOutcome = (typeof triggerOutcomes)[number];

/** A line of the trigger ledger, as every surface shows it. */
export const ledgerEntrySchema = z.object({
  receipt: z.string(),
  table: z.string(),
  at: z.string(),
  caller: z.string(),
  outcome: z.enum(triggerOutcomes),
  /** Why, where the outcome alone does not say it. */
  reason: z.string().nullable(),
  scheduleTime: z.string().nullable(),
  /** The run that this call started. */
  runId: z.string().nullable(),
  /** Who applied an ignored call later, and when. */
  appliedBy: z.string().nullable(),
  appliedAt: z.string().nullable(),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** A ledger line on its way into the store. */
export interface LedgerProjection extends LedgerEntry {
  tenant: string;
  taskId: string;
  version: number;
}

/** What became of one call, for `?wait=outcome`. */
export interface ReceiptView {
  outcome: TriggerOutcome;
  waitingFor: string[];
  runId: string | null;
}

/** QuickAudience's answer: eight keys, in this order, compact. */
export interface TriggerAnswer {
  data: string | null;
  errorCode: string | null;
  errorDesc: string | null;
  exStack: null;
  opers: never[];
  solution: string | null;
  success: boolean;
  traceId: string;
}

/** The answer to a call that was taken (requirement QA-36). */
export function triggerAccepted(traceId: string): TriggerAnswer {
  return {
    data: 'true',
    errorCode: null,
    errorDesc: null,
    exStack: null,
    opers: [],
    solution: null,
    success: true,
    traceId,
  };
}

/** The answer to a call that was not taken: the same eight keys (requirement QA-37). */
export function triggerRefused(
  traceId: string,
  errorCode: string,
  errorDesc: string,
  solution: string | null,
): TriggerAnswer {
  return {
    ...triggerAccepted(traceId),
    data: null,
    errorCode,
    errorDesc,
    solution,
    success: false,
  };
}
