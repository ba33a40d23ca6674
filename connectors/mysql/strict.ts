import type { MysqlSession } from './session';

/**
 * Whatever statements of a script have set: nothing is cut or bent to fit, a backslash is a character
 * like any other, times are in UTC.
 */
export async function strictAgain(session: MysqlSession): Promise<void> {
  const ours =
    'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO';
  await session.run(
    `SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), '${ours}'), time_zone = '+00:00'`,
  );
  await session.run('SET NAMES utf8mb4');
}
