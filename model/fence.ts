/** The number that fences the commits of a task into its targets. */

/** Bits that the number of the try, and of the activity's own attempt, take. */
const tryBits = 10n;
const attemptBits = 10n;
const runBits = tryBits + attemptBits;

/**
 * The fence of one try: greater for every later run of the task, every later try within it and
 * every later attempt of the activity.
 */
export function fenceOf(runNumber: number, tryNumber: number, attempt: number): bigint {
  const top = (1n << attemptBits) - 1n;
  const last = BigInt(attempt) > top ? top : BigInt(attempt);
  return (((BigInt(runNumber) << tryBits) | BigInt(tryNumber)) << attemptBits) | last;
}

/** True where no other try or attempt of the same run can have come before. */
export function isFirstTry(fence: bigint): boolean {
  return fence % (1n << runBits) === fenceOf(0, 1, 1);
}

/** True where `one` is of a later run than `other`, and not of another try of the same. */
export function isOfLaterRun(one: bigint, other: bigint): boolean {
  return one >> runBits > other >> runBits;
}

/**
 * Under whose name a run commits: fences are compared among runs of one name. As a rule that is the
 * task. Where instances of it may run at the same time (`maxParallel`), which of them commits first
 * is chance and overtakes none of the others: each is fenced by itself, against its own tries and
 * attempts.
 */
export function fencedAs(taskId: string, scheduleTime: string | null, maxParallel: number): string {
  if (scheduleTime === null || maxParallel === 1) return taskId;
  return `${taskId}@${Date.parse(scheduleTime)}`;
}
