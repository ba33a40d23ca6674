import { z } from 'zod';
import { isVerifiedByAddress, serverFields } from '../server-config';

/**
 * A MySQL or MariaDB server. The schema in a table's name is a database of the server; `database`
 * is the one that sessions begin in.
 */
export const mysqlConfigSchema = z
  .strictObject(serverFields(3306))
  .superRefine((config, context) => {
    // The driver compares names only, and would take the certificate of any host.
    if (isVerifiedByAddress(config)) {
      context.addIssue({
        code: 'custom',
        path: ['host'],
        message:
          'with ssl "verify" a host name is wanted, not an address: certificates are for names',
      });
    }
  });

export type MysqlConfig = z.infer<typeof mysqlConfigSchema>;
