/** `tablegate server`, `api`, `worker`: a process that serves until it is told to end. */
import { readSettings } from '../../config';
import { listeningMessage } from '../launcher/listening';
import { runServer, type RunningServer, type ServerRoles } from '../../server';

/** A drain that takes longer is cut; Temporal gives what was under way to the next worker. */
const drainLimitMs = 10_000;

/**
 * Serves in the given roles; ends in order on SIGTERM and SIGINT, and when the launcher that
 * started it is gone.
 * @returns exit code: 0 after a whole drain
 * @throws Error when the server cannot start, or cannot go on and is to be started anew
 */
export async function serve(roles: ServerRoles): Promise<number> {
  const told = untilToldToEnd();
  const started = runServer({ settings: readSettings(process.env), roles });
  started.then(
    () => process.send?.(listeningMessage),
    () => {},
  );
  // Told to end while it still starts: it is stopped once it has, within the same limit.
  await Promise.race([told, started.then((server) => untilFailed(server))]);
  let limit: NodeJS.Timeout | undefined;
  const cut = new Promise<number>((resolve) => {
    limit = setTimeout(() => resolve(1), drainLimitMs);
  });
  const drained = started.then((server) => server.stop()).then(() => 0);
  const code = await Promise.race([drained, cut]);
  clearTimeout(limit);
  return code;
}

/** Never settles while the server can go on. */
async function untilFailed(server: RunningServer): Promise<never> {
  throw await server.failed;
}

function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => resolve());
    process.on('disconnect', () => resolve());
  });
}
