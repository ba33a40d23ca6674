import type { RowSample } from '../connectors/connector';
import { TablegateError } from '../model/errors';
import { suggestIdTypes, type ColumnSuggestion } from '../model/id-suggestions';
import type { Caller } from '../model/people';
import { parseTableName } from '../model/table-name';
import type { ConnectionRow } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import { useSource } from './open-source';

/** Rows that suggestions are made from. */
const sampledRows = 200;

/** Looks at what tables hold. */
export class SourceSamples {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly rowOf: (caller: Caller, name: string) => Promise<ConnectionRow>,
  ) {}

  /** Who has looked at the data of people is for others to see. */
  async rows(caller: Caller, name: string, table: string, limit: number): Promise<RowSample> {
    const sample = await this.sample(caller, name, table, limit);
    const detail = { rows: sample.rows.length };
    await noteAction(this.deps.store, caller, 'table.preview', `table/${table}`, detail);
    return sample;
  }

  async suggestions(
    caller: Caller,
    name: string,
    table: string,
  ): Promise<{ columns: ColumnSuggestion[] }> {
    const { columns, rows } = await this.sample(caller, name, table, sampledRows);
    return { columns: suggestIdTypes(columns, rows) };
  }

  private async sample(
    caller: Caller,
    name: string,
    text: string,
    limit: number,
  ): Promise<RowSample> {
    const row = await this.rowOf(caller, name);
    const parts = parseTableName(text);
    if (parts?.connection !== name) {
      const message = `"${text}" is no table of the connection ${name}; its tables begin with "${name}."`;
      throw new TablegateError('tableNotFound', message);
    }
    const { schema, table } = parts;
    return useSource(this.deps, row, (source) => source.firstRows({ schema, table }, limit));
  }
}
