export const existingChoices = ['rerun', 'failed', 'skip'] as const;
/** What is done with an instance that has run: run it again, only if it failed, or leave it. */
export type ExistingChoice = (typeof existingChoices)[number];
