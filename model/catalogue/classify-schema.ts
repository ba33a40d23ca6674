/** The classes that columns may be of. */
import { z } from 'zod';

export const columnClasses = [
  'phone',
  'email',
  'identityNumber',
  'cardNumber',
  'bankAccount',
  'organisationCode',
  'personName',
  'address',
  'ipAddress',
] as const;
export type ColumnClass = (typeof columnClasses)[number];

export const columnClassSchema = z.object({
  class: z.enum(columnClasses),
  /** 0 to 1. */
  confidence: z.number(),
  /** What says so. */
  by: z.array(z.enum(['name', 'comment', 'values'])),
});
export type ColumnClassification = z.infer<typeof columnClassSchema>;
