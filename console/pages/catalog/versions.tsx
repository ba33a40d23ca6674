import { Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT, type Translate } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { usePaged } from '../../ui/paged';
import { Answered, Nothing } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { Time } from '../../ui/time';

type Version = Schemas['CatalogueVersion'];
type Change = Version['changes'][number];

const tones = { added: 'good', changed: 'wait', deleted: 'bad', restored: 'good' } as const;
const changeTones = { added: 'good', changed: 'wait', removed: 'bad' } as const;

/** The versions of a table, each with what it changed, and any two side by side. */
export function Versions({ table, newest }: { table: string; newest: number }) {
  const t = useT();
  const list = usePaged('GET /catalog/tables/{table}/versions', { params: { table } });
  return (
    <>
      {newest > 1 && <Compare table={table} newest={newest} />}
      <DataList
        label={t('catalog.versions')}
        of={list}
        rowKey={({ version }) => String(version)}
        columns={columnsOf(t)}
        expand={({ changes }) => <Changes changes={changes} />}
        exportAs={`versions-of-${table}`}
        empty={<Nothing title={t('catalog.noVersions')} />}
      />
    </>
  );
}

function columnsOf(t: Translate): Column<Version>[] {
  return [
    {
      key: 'version',
      title: t('catalog.version'),
      render: ({ version }) => <span className="row-name">{version}</span>,
      text: ({ version }) => version,
    },
    {
      key: 'event',
      title: t('catalog.event'),
      render: ({ event }) => <Tag tone={tones[event]}>{t(`catalog.event.${event}`)}</Tag>,
      text: ({ event }) => t(`catalog.event.${event}`),
    },
    {
      key: 'changes',
      title: t('catalog.changes'),
      grows: true,
      render: ({ changes }) =>
        changes.length === 0 ? '–' : t('catalog.changeCount', { count: changes.length }),
      text: ({ changes }) => changes.length,
    },
    {
      key: 'at',
      title: t('catalog.at'),
      render: ({ at }) => <Time at={at} />,
      text: ({ at }) => at,
    },
    {
      key: 'run',
      title: t('instances.record'),
      render: ({ taskId, runId }) =>
        taskId && runId ? (
          <Link to={`/tasks/${taskId}/records/${runId}`}>{t('act.details')}</Link>
        ) : (
          '–'
        ),
      text: ({ runId }) => runId,
    },
  ];
}

/** Any version beside any other. */
function Compare({ table, newest }: { table: string; newest: number }) {
  const t = useT();
  const [from, setFrom] = useState(1);
  const [to, setTo] = useState(newest);
  const options = Array.from({ length: Math.min(newest, 1_000) }, (_, index) => {
    const version = newest - index;
    return { value: version, label: t('catalog.versionNr', { version }) };
  });
  const read = useCall('GET /catalog/tables/{table}/versions/{version}', {
    params: { table, version: String(to) },
    query: { against: from },
  });
  return (
    <Panel>
      <div className="list-filters compare">
        <Select
          aria-label={t('catalog.compareFrom')}
          value={from}
          onChange={setFrom}
          options={options}
        />
        <span aria-hidden>→</span>
        <Select aria-label={t('catalog.compareTo')} value={to} onChange={setTo} options={options} />
      </div>
      <Answered of={read} rows={2}>
        {({ changes }) => <Changes changes={changes} />}
      </Answered>
    </Panel>
  );
}

function Changes({ changes }: { changes: readonly Change[] }) {
  const t = useT();
  if (changes.length === 0) return <p className="faint">{t('catalog.noChanges')}</p>;
  return (
    <ul className="changes" aria-label={t('catalog.changes')}>
      {changes.map((change) => (
        <li key={[change.part, change.name, change.change, change.field].join(' ')}>
          <Tag tone={changeTones[change.change]}>{t(`catalog.change.${change.change}`)}</Tag>{' '}
          {t(`catalog.part.${change.part}`)} {change.name && <b>{change.name}</b>}{' '}
          {change.field && <span className="mono">{change.field}</span>}
          <Sides change={change} />
        </li>
      ))}
    </ul>
  );
}

function Sides({ change: { before, after } }: { change: Change }) {
  return (
    <span className="under">
      {before !== null && before !== undefined && <del className="mono">{textOf(before)}</del>}{' '}
      {after !== null && after !== undefined && <ins className="mono">{textOf(after)}</ins>}
    </span>
  );
}

/** Of a column its type says most. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'type' in value) return String(value.type);
  return JSON.stringify(value);
}
