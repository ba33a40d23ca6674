/** Asking until something has come to its end, over restarts of the server too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, NoAnswerError } from '../api-client';

const firstWaitMs = 100;
const longestWaitMs = 1_000;
/** A server that is started again is back well within this. */
const usualAwayLimitMs = 120_000;

export interface PollOptions<Answer> {
  ask: () => Promise<Answer>;
  isDone: (answer: Answer) => boolean;
  onAnswer: (answer: Answer) => void;
  /** The server does not answer now; it is asked again. */
  onAway: () => void;
  signal: AbortSignal;
  /** How long it may be away. */
  awayLimitMs?: number;
}

/**
 * Asks until an answer is the last one.
 * @returns that answer
 * @throws what a call throws, where it is a refusal or the server stays away; AbortError
 */
export async function poll<Answer>(options: PollOptions<Answer>): Promise<Answer> {
  const { isDone, onAnswer, signal } = options;
  const look = patient(options);
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 1.5, longestWaitMs)) {
    const answer = await look();
    signal.throwIfAborted();
    if (answer !== null) onAnswer(answer);
    if (answer !== null && isDone(answer)) return answer;
    await sleep(waitMs, undefined, { signal });
  }
}

/** Answers null while the server is away. */
function patient<Answer>(options: PollOptions<Answer>): () => Promise<Answer | null> {
  const { ask, onAway, awayLimitMs = usualAwayLimitMs } = options;
  let heardAt = Date.now();
  return async () => {
    try {
      const answer = await ask();
      heardAt = Date.now();
      return answer;
    } catch (error) {
      if (!isAway(error) || Date.now() - heardAt >= awayLimitMs) throw error;
      onAway();
      return null;
    }
  };
}

function isAway(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  return error instanceof ApiError && [502, 503, 504].includes(error.status);
}
