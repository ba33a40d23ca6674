import { BulbOutlined } from '@ant-design/icons';
import { AutoComplete, Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { ApiProblem, type Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT, type Translate } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { FirstTask } from '../../ui/first-steps';
import { DataList, type Column } from '../../ui/data-list';
import { Loading, ProblemView } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { useUnsavedGuard } from '../../ui/unsaved-guard';
import { useDo } from '../../ui/use-do';

/** Names that are often used; any other name is an ID type too. */
const knownTypes = [
  ...['phone', 'email', 'member_id', 'idfa', 'gaid', 'oaid', 'imei', 'cookie_id'],
  ...['openid', 'unionid', 'device_id', 'phone_md5', 'email_md5'],
];

interface ColumnRow {
  column: string;
  type: string;
  suggestion: string | null;
  reason: string | null;
  /** True: it is mapped, and the table has it no more. */
  isGone?: boolean;
}

/** Says which columns of a table hold which ID types, with a suggestion for each. */
export function MappingEditor({ table }: { table: string }) {
  const t = useT();
  const mayEdit = useMay('developer');
  const connection = table.split('.')[0] ?? '';
  const registered = useCall('GET /tables/{table}', { params: { table } });
  const suggestions = useCall(
    'GET /connections/{name}/tables/{table}/suggestions',
    { params: { name: connection, table } },
    { enabled: mayEdit },
  );
  const isUnknown = registered.error instanceof ApiProblem && registered.error.status === 404;
  // A table that nobody has registered is no fault here: saving its mapping registers it.
  const problem = isUnknown && mayEdit ? suggestions.error : registered.error;
  if (problem) return <ProblemView problem={problem} retry={() => void registered.refetch()} />;
  if (registered.isPending || (mayEdit && suggestions.isPending)) return <Loading />;
  const rows = suggestions.data
    ? suggestions.data.columns.map((column) => suggestedRow(column, t))
    : (registered.data?.columns ?? []).map(plainRow);
  const saved = registered.data?.idMapping?.columns ?? [];
  const there = new Set(rows.map(({ column }) => column));
  for (const { column } of saved) {
    // It stays in sight, so that it can be taken out of the mapping.
    if (!there.has(column)) rows.push({ ...plainRow({ name: column, type: '–' }), isGone: true });
  }
  return <Editor key={JSON.stringify(saved)} table={table} rows={rows} saved={saved} />;
}

const plainRow = ({ name, type }: { name: string; type: string }): ColumnRow => ({
  ...{ column: name, type, suggestion: null, reason: null },
});

/** Says in words why an ID type is suggested. */
function suggestedRow(
  { column, type, idType, byName, values, matching }: Schemas['ColumnSuggestion'],
  t: Translate,
): ColumnRow {
  const reasons = [
    ...(byName ? [t('mapping.byName')] : []),
    ...(!matching ? [] : [t('mapping.byValues', { matching, values })]),
  ];
  return { column, type, suggestion: idType, reason: reasons.join(' · ') || null };
}

/** The same for the same columns in any order. */
const textOf = (columns: readonly { column: string; idType: string }[]): string =>
  columns
    .map(({ column, idType }) => JSON.stringify([column, idType]))
    .sort()
    .join();

interface EditorProps {
  table: string;
  rows: ColumnRow[];
  saved: readonly { column: string; idType: string }[];
}

function Editor({ table, rows, saved }: EditorProps) {
  const t = useT();
  const mayEdit = useMay('developer');
  const { act, busy } = useDo('PUT /tables/{table}/id-mapping', ['table', 'connection']);
  const connection = table.split('.')[0] ?? '';
  const [chosen, setChosen] = useState<Record<string, string>>(() =>
    Object.fromEntries(saved.map(({ column, idType }) => [column, idType])),
  );
  const set = (column: string, idType: string) => setChosen({ ...chosen, [column]: idType });
  const columns = Object.entries(chosen)
    .map(([column, idType]) => ({ column, idType: idType.trim() }))
    .filter(({ idType }) => idType !== '');
  useUnsavedGuard(mayEdit && textOf(columns) !== textOf(saved));
  const open = rows.filter(({ column, suggestion }) => suggestion && !chosen[column]?.trim());
  const takeAll = () =>
    setChosen({
      ...chosen,
      ...Object.fromEntries(open.map((row) => [row.column, row.suggestion ?? ''])),
    });
  const save = () => act({ params: { table }, body: { columns } }, t('mapping.saved'));
  const list: Column<ColumnRow>[] = [
    {
      key: 'column',
      title: t('mapping.column'),
      render: ({ column, isGone }) => (
        <span className="latest">
          <strong>{column}</strong> {isGone && <Tag tone="bad">{t('mapping.gone')}</Tag>}
        </span>
      ),
      text: ({ column }) => column,
    },
    {
      key: 'type',
      title: t('connection.type'),
      render: ({ type }) => <span className="mono">{type}</span>,
      text: ({ type }) => type,
    },
    {
      key: 'idType',
      title: t('mapping.idType'),
      render: ({ column }) => (
        <AutoComplete
          aria-label={t('mapping.idTypeOf', { column })}
          className="id-type"
          allowClear
          disabled={!mayEdit}
          value={chosen[column] ?? ''}
          onChange={(idType: string | undefined) => set(column, idType ?? '')}
          options={knownTypes.map((value) => ({ value }))}
          placeholder={t('mapping.noIdType')}
        />
      ),
      text: ({ column }) => chosen[column] ?? '',
    },
    {
      key: 'suggestion',
      title: t('mapping.suggestion'),
      render: ({ column, suggestion, reason }) =>
        suggestion ? (
          <span className="latest">
            {chosen[column] === suggestion || !mayEdit ? (
              <Tag tone="good">{suggestion}</Tag>
            ) : (
              <Button size="small" onClick={() => set(column, suggestion)}>
                {t('mapping.take', { idType: suggestion })}
              </Button>
            )}
            {reason && <span className="under">{reason}</span>}
          </span>
        ) : (
          <span className="faint">–</span>
        ),
      text: ({ suggestion }) => suggestion,
    },
  ];
  return (
    <>
      <DataList
        label={t('mapping.title')}
        of={{ rows, problem: null, retry: () => undefined }}
        rowKey={({ column }) => column}
        columns={list}
        exportAs={`id-mapping-of-${table}`}
        empty={<p className="faint">{t('mapping.noColumns')}</p>}
        filters={
          open.length > 0 && (
            <Button icon={<BulbOutlined aria-hidden />} onClick={takeAll}>
              {t('mapping.takeAll', { count: open.length })}
            </Button>
          )
        }
      />
      <div className="dialog-foot">
        {saved.length > 0 && (
          <>
            <Link to={`/connections/${connection}`}>{t('mapping.next', { connection })}</Link>
            <FirstTask show />
          </>
        )}
        <ActionButton
          needs="developer"
          type="primary"
          loading={busy}
          blocked={columns.length === 0 ? t('mapping.needed') : null}
          onClick={() => void save()}
        >
          {t('mapping.save')}
        </ActionButton>
      </div>
    </>
  );
}
