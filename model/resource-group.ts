/** Resource groups: names for the workers that jobs of some tasks run on. */
import { z } from 'zod';

/** Longest name of a group, and of anything else that a task keeps of where it runs. */
const longestName = 255;

export const resourceGroupNameSchema = z
  .string()
  .min(1, 'a name is needed')
  .max(longestName, `at most ${longestName} characters are allowed`)
  .regex(/^[\w.-]*$/, 'letters, digits, _, . and - are allowed');

export const taskQueueSchema = z
  .string()
  .min(1, 'a task queue is needed')
  .max(200, 'at most 200 characters are allowed')
  .regex(/^[\w./-]*$/, 'letters, digits, _, ., / and - are allowed')
  .meta({
    description:
      'Of the workers that take its jobs: those that were started with it as `TABLEGATE_GROUP_QUEUE`',
    examples: ['etl'],
  });

export const resourceGroupSchema = z.object({
  name: z.string(),
  taskQueue: z.string(),
  createdAt: z.string(),
});
export type ResourceGroup = z.infer<typeof resourceGroupSchema>;

/** Where the job of a task runs and with what. */
export interface RuntimeResource {
  /** Name of the group; null: the installation's own workers. */
  resourceGroup: string | null;
  /** The group's, so that a run needs not look it up; null with it. */
  taskQueue: string | null;
  /** Kept for callers of vendors: nothing here reads it. */
  image: string | null;
  /** Likewise; text, so that it is shown as it was sent. */
  cu: string | null;
}
