import { z } from 'zod';
import { recurrenceSchema } from '../../model/recurrence';
import { taskPatchSchema } from '../../model/task';
import { scheduleTimeText } from './fields';
import { route } from './route';

export const recurrenceRoutes = [
  route({
    method: 'post',
    path: '/api/v1/recurrences:preview',
    role: 'viewer',
    tags: ['Recurrences'],
    summary: 'Show the next ten times of a recurrence',
    description: 'They are what Temporal will fire, changes of the clocks included.',
    body: z.strictObject({
      recurrence: recurrenceSchema,
      timezone: taskPatchSchema.shape.timezone.meta({
        description: 'That of the installation where none is named',
      }),
      from: scheduleTimeText
        .optional()
        .meta({ description: 'The times after this one; after now where none is named' }),
    }),
    answer: z
      .object({
        timezone: z.string().meta({ description: 'By whose clocks' }),
        times: z.array(
          z.object({
            time: z.string(),
            note: z
              .string()
              .nullable()
              .meta({ description: 'What the clocks do to it; null on other days' }),
          }),
        ),
        dstRule: z.string(),
      })
      .meta({ id: 'RecurrencePreview' }),
    handler: async ({ scheduling, body: { recurrence, timezone = null, from = null } }) =>
      scheduling.system.previewRecurrence({ recurrence, timezone, from }),
  }),
];
