/** The computation itself, in this process, over tables given as plain values. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { computeIdMapping } from '../../../activities/jobs/id-mapping/compute';
import type { ComputeRequest } from '../../../activities/jobs/id-mapping/messages';
import { Reporter } from '../../../activities/jobs/id-mapping/report';
import type { TableDetail } from '../../../model/run';
import { runSql, type Sandbox } from '../../connectors/support/sandbox';
import { analysisFile, readResult, textTable, type ResultRow } from './run-job';

export interface Table {
  idTypes: string[];
  rows: (string | null)[][];
}

/** A row of the table of changes. */
export interface ChangeRow {
  change: string;
  one_id: string;
  other_one_id: string | null;
  ids: bigint;
  run_id: string;
}

let sources = 0;
let fences = 0;

/** What asks for the next result of one task over these tables. */
export function requestOf(
  sandbox: Sandbox,
  tables: Table[],
  guards: Partial<ComputeRequest['guards']> = {},
): ComputeRequest {
  sources += 1;
  fences += 1;
  const config = {
    name: `source-${sources}`,
    tables: Object.fromEntries(
      tables.map(({ idTypes, rows }, place) => {
        const columns = idTypes.map((_, column) => `c${column}`);
        return [`main.t${place}`, textTable(columns, rows)];
      }),
    ),
  };
  return {
    runId: `run-${fences}`,
    scratchDir: mkdtempSync(path.join(sandbox.scratch, 'try-')),
    filesRoots: [sandbox.root],
    tables: tables.map(({ idTypes }, place) => ({
      name: `crm.main.t${place}`,
      connection: { name: 'crm', type: 'fake', config },
      ref: { schema: 'main', table: `t${place}` },
      idColumns: idTypes.map((idType, column) => ({ column: `c${column}`, idType })),
    })),
    target: {
      connection: { name: 'a', type: 'duckdb', config: { path: analysisFile(sandbox) } },
      ref: { schema: 'main', table: 'id_mapping_42' },
    },
    output: 'a.main.id_mapping_42',
    writer: 'task-1',
    fence: String(fences),
    startedAtMs: Date.now(),
    guards: { maxSharedBy: 1000, priority: [], idTypes: {}, ...guards },
    fake: true,
  };
}

/** Computes and looks at what stands in the output then. */
export async function compute(
  sandbox: Sandbox,
  tables: Table[],
  guards: Partial<ComputeRequest['guards']> = {},
  change: Partial<ComputeRequest> = {},
) {
  const logs: string[] = [];
  const details = new Map<string, TableDetail>();
  const reporter = new Reporter((message) => {
    if (message.type === 'log') logs.push(message.line);
    if (message.type === 'table') details.set(message.detail.table, message.detail);
  });
  const request = { ...requestOf(sandbox, tables, guards), ...change };
  const summary = await computeIdMapping(request, reporter, new AbortController().signal);
  return { summary, logs, details: [...details.values()], ...(await readOutput(sandbox)) };
}

/** Result and changes, as they stand in the target. */
export async function readOutput(
  sandbox: Sandbox,
): Promise<{ rows: ResultRow[]; changes: ChangeRow[] }> {
  const changes = await runSql(
    analysisFile(sandbox),
    'SELECT * FROM main.id_mapping_42_changes ORDER BY change, one_id, other_one_id',
  );
  return { rows: await readResult(sandbox), changes: changes as unknown as ChangeRow[] };
}
