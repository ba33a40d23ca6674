// Opens a DuckDB file for writing, commits a table without a checkpoint, and stays.
const { DuckDBInstance } = require('@duckdb/node-api');

void (async () => {
  const instance = await DuckDBInstance.create(process.argv[2]);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE IF NOT EXISTS held AS SELECT 1 AS id');
  process.send('held');
  process.on('disconnect', () => process.exit());
})();
