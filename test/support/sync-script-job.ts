/** A job of the type of sync scripts that moves nothing, and texts of scripts. */
import { defineJobType } from '../../model/job-type';
import { syncScriptConfigSchema, syncScriptType } from '../../model/sync-script-config';

export const idleSyncScript = defineJobType({
  type: syncScriptType,
  title: 'Sync script',
  configSchema: syncScriptConfigSchema,
  needsIdMapping: false,
  sharesOutputs: true,
  lineage: ({ config }) =>
    'reads' in config ? { reads: config.reads, writes: config.writes } : { reads: [], writes: [] },
  run: () => Promise.resolve({ tables: [], summary: {} }),
});

/** A script that copies a table of the connection `analysis` within it. */
export function copyScript(
  reader: Record<string, unknown> = {},
  writer: Record<string, unknown> = {},
): string {
  const from = { datasource: 'analysis', table: 'main.orders', column: ['*'], ...reader };
  const into = { datasource: 'analysis', table: 'main.copy', createTable: true, ...writer };
  const content = [
    {
      reader: { name: 'duckdbreader', parameter: from },
      writer: { name: 'duckdbwriter', parameter: into },
    },
  ];
  return JSON.stringify({ job: { content } }, null, 2);
}
