import { z } from 'zod';
import type { ErrorCode } from '../../model/errors';
import { idTypeSchema } from '../../model/id-types';
import { route } from './route';
import { idChainShape, lookedUpUserShape } from './shapes';

const tags = ['ID mapping'];

/** Of any characters, as a result may hold any. More would not fit into the 16 KiB that URL and headers may have. */
const value = z
  .string()
  .min(1, 'a value is needed')
  .max(8_000, 'at most 8,000 characters are allowed; query longer IDs in the output by SQL')
  .meta({ description: 'As somebody writes it: it is normalised as the values of the tables are' });

const idType = idTypeSchema.meta({ examples: ['phone'] });

/** What every look-up may be refused with. */
const refusals: ErrorCode[] = [
  'taskNotFound',
  'idNotFound',
  'noIdMapping',
  'noResult',
  'sourcesChanged',
  'connectionFailed',
  'tooManyLookUps',
  'lookUpTooLarge',
  'temporalUnavailable',
  'workerUnavailable',
];

const takes = 'It reads every table of the task once: it may take up to 30 seconds.';

export const lookUpRoutes = [
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/id-mapping/user',
    role: 'viewer',
    tags,
    summary: 'Read the user behind an ID, with all IDs and where they stand',
    description: `From the latest result, and the tables as they are now. ${takes}`,
    query: z.strictObject({ idType, value }),
    answer: lookedUpUserShape,
    errors: refusals,
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.lookUps.user(caller, params.id, query),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/id-mapping/chain',
    role: 'viewer',
    tags,
    summary: 'Read why two IDs are one user: the shortest chain of rows that joins them',
    description:
      'Of several of the same length, the one by the earliest tables of the task, and by the first ' +
      `values. ${takes}`,
    query: z.strictObject({
      fromType: idType,
      fromValue: value,
      toType: idType,
      toValue: value,
    }),
    answer: idChainShape,
    errors: [...refusals, 'differentUsers'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.lookUps.chain(caller, params.id, {
        from: { idType: query.fromType, value: query.fromValue },
        to: { idType: query.toType, value: query.toValue },
      }),
  }),
];
