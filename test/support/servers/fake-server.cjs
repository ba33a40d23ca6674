// Stands in for the server process in tests of the launcher: serves /readyz, and when it is asked to
// end, notes in the data folder whether Temporal and PostgreSQL could still be reached.
const { renameSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { createConnection } = require('node:net');
const path = require('node:path');

const { DATABASE_URL, FAKE_SERVER_FAILS, HOST, PORT, TABLEGATE_DATA_DIR, TEMPORAL_ADDRESS } =
  process.env;

if (FAKE_SERVER_FAILS) {
  console.error(FAKE_SERVER_FAILS);
  process.exit(1);
}

/** Whole or not at all, as tests read it at any moment. */
function note(name, content) {
  const file = path.join(TABLEGATE_DATA_DIR, name);
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

function reaches(host, port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(port) });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function drain(why) {
  const database = new URL(DATABASE_URL);
  const [host, port] = TEMPORAL_ADDRESS.split(':');
  note('drained.json', {
    why,
    temporal: await reaches(host, port),
    postgres: await reaches(database.hostname, database.port),
  });
  process.exit(0);
}

process.on('SIGTERM', () => void drain('SIGTERM'));
process.on('disconnect', () => void drain('disconnect'));

createServer((_, response) => response.end(String(process.pid))).listen(Number(PORT), HOST, () => {
  note('environment.json', process.env);
  process.send('listening');
});
