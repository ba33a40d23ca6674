// Starts one copy in a child process, as a worker does, and writes what came of it. Plain JavaScript:
// nothing is compiled first, which would count in time and memory.
const { readFileSync } = require('node:fs');
const { runInChild } = require('../../dist/activities/jobs/sync-script/run-in-child');

const request = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ignore = () => {};
const listener = {
  signal: new AbortController().signal,
  progress: ignore,
  table: ignore,
  log: ignore,
};

runInChild(request, listener, ignore).then(
  (summary) => process.stdout.write(JSON.stringify(summary)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
