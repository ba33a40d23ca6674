/** Fields that inputs of several kinds have. */
import { z } from 'zod';
import { idPattern } from './names';

/** Id of a task, as a caller sends it. */
export const idSchema = z.string().regex(idPattern, 'an id has 32 lower-case hex characters');

/** What people call a thing. */
export const nameSchema = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(255, 'at most 255 characters are allowed')
  .regex(/^\P{Cc}*$/u, 'no control characters are allowed');
