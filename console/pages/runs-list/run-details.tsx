import { ExportOutlined } from '@ant-design/icons';
import { Alert, Button, Collapse, Progress } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { durationText, secondsBetween, timeText } from '../../ui/format';
import { Facts } from '../../ui/page';
import { usePagedRows } from '../../ui/paged';
import { Reason } from '../../ui/reason';
import { Answered } from '../../ui/states';
import { StatusTag, Tag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { SyncResult } from './sync-result';
import { syncSummaryOf } from './sync-summary';

type Run = Schemas['Run'];
type TableDetail = Run['tables'][number];

/** Execution details: why it failed, every table of the run, its log. */
export function RunDetails({ run, zone }: { run: Run; zone: string | undefined }) {
  const t = useT();
  const { failureReason, failureCause, progress } = run;
  const copied = syncSummaryOf(run.summary);
  const tables = usePagedRows(run.tables);
  const isNews = failureCause !== null && !failureReason?.includes(failureCause);
  return (
    <div className="run-details">
      {failureReason && (
        <Alert
          type="error"
          showIcon
          title={<Reason text={failureReason} />}
          description={isNews && <span className="mono">{failureCause}</span>}
        />
      )}
      {run.status === 'running' && progress && (
        <div>
          <Progress
            percent={Math.round(progress.fraction * 100)}
            // Where the whole is not known, nobody can say how much of it is done.
            showInfo={progress.fraction > 0}
            aria-label={t('run.progress')}
          />
          <span className="under">{progress.text}</span>
        </div>
      )}
      <Facts
        items={[
          [t('run.queuedAt'), <Time key="q" at={run.queuedAt} zone={zone} />],
          [t('run.startedAt'), <Time key="s" at={run.startedAt} zone={zone} />],
          [t('run.finishedAt'), <Time key="f" at={run.finishedAt} zone={zone} />],
          [t('run.attempt'), String(run.attempt)],
          [t('run.tries'), String(run.tries)],
          [
            t('run.id'),
            <span key="id" className="mono">
              {run.id}
            </span>,
          ],
        ]}
      />
      {copied && <SyncResult summary={copied} name={`dirty-records-${run.id}`} />}
      <h3>{t('run.tables')}</h3>
      <DataList
        label={t('run.tables')}
        of={tables}
        rowKey={({ table }) => table}
        columns={tableColumns(t, zone, run.finishedAt !== null)}
        exportAs={`run-${run.id}`}
        empty={<p className="faint">{t('run.noTables')}</p>}
      />
      <LogLines run={run} zone={zone} />
      {run.temporalUrl && (
        <Button
          href={run.temporalUrl}
          target="_blank"
          rel="noreferrer"
          icon={<ExportOutlined aria-hidden />}
        >
          {t('run.temporal')}
        </Button>
      )}
    </div>
  );
}

function tableColumns(
  t: ReturnType<typeof useT>,
  zone: string | undefined,
  hasEnded: boolean,
): Column<TableDetail>[] {
  // A run that has ended begins no further table.
  const neverBegun = ({ status }: TableDetail) => hasEnded && status === 'waiting';
  const count = (value: number | null) => value ?? '–';
  return [
    {
      key: 'table',
      title: t('run.table'),
      render: ({ table }) => <span className="row-name">{table}</span>,
      text: ({ table }) => table,
    },
    {
      key: 'status',
      title: t('run.status'),
      render: (table) => (
        <>
          {neverBegun(table) ? (
            <Tag tone="idle">{t('run.notBegun')}</Tag>
          ) : (
            <StatusTag status={table.status} />
          )}
          {table.error && (
            <span className="under bad">
              <Reason text={table.error} />
            </span>
          )}
        </>
      ),
      text: (table) =>
        [neverBegun(table) ? t('run.notBegun') : t(`status.${table.status}`), table.error]
          .filter(Boolean)
          .join(': '),
    },
    {
      key: 'read',
      title: t('run.rowsRead'),
      align: 'right',
      render: ({ rowsRead }) => count(rowsRead),
      text: ({ rowsRead }) => rowsRead,
    },
    {
      key: 'written',
      title: t('run.rowsWritten'),
      align: 'right',
      render: ({ rowsWritten }) => count(rowsWritten),
      text: ({ rowsWritten }) => rowsWritten,
    },
    {
      key: 'start',
      title: t('run.startedAt'),
      render: ({ startedAt }) => <Time at={startedAt} zone={zone} />,
    },
    {
      key: 'took',
      title: t('run.duration'),
      align: 'right',
      render: ({ startedAt, finishedAt }) =>
        startedAt && finishedAt ? durationText(secondsBetween(startedAt, finishedAt)) : '–',
    },
  ];
}

function LogLines({ run, zone }: { run: Run; zone: string | undefined }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const log = useCall(
    'GET /tasks/{id}/runs/{runId}/log',
    { params: { id: run.taskId, runId: run.id } },
    { enabled: open },
  );
  return (
    <Collapse
      size="small"
      onChange={(keys) => setOpen(keys.length > 0)}
      items={[
        {
          key: 'log',
          label: t('run.log'),
          children: open && (
            <Answered of={log} rows={3}>
              {({ items }) =>
                items.length === 0 ? (
                  <p className="faint">{t('run.noLog')}</p>
                ) : (
                  <pre className="log" tabIndex={0} aria-label={t('run.log')}>
                    {items.map(({ at, level, line }, index) => (
                      // Lines are only ever added at the end.
                      <span key={`${at} ${index}`} className={`log-${level}`}>
                        {`${timeText(at, zone)}  ${level.toUpperCase().padEnd(5)}  ${line}\n`}
                      </span>
                    ))}
                  </pre>
                )
              }
            </Answered>
          ),
        },
      ]}
    />
  );
}
