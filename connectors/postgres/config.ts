import { z } from 'zod';
import { serverFields } from '../server-config';

/** One database of a PostgreSQL server; its schemas are the schemas of tables' names. */
export const postgresConfigSchema = z.strictObject(serverFields(5432));

export type PostgresConfig = z.infer<typeof postgresConfigSchema>;
