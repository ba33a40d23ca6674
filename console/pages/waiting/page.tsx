import { Alert } from 'antd';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useT, type Translate } from '../../i18n';
import { SearchBox, useFilters } from '../../ui/filters';
import { Page } from '../../ui/page';
import { usePaged, type Paged } from '../../ui/paged';
import { Loading, Nothing, ProblemView } from '../../ui/states';
import { Tag } from '../../ui/status-tag';
import { Ago } from '../../ui/time';
import { Pager, SaveButton } from '../../ui/data-list';
import { GateCard } from './gate-card';

type WaitingTask = Schemas['WaitingTask'];

/** Why has it not started: every task that waits, with what has arrived and what is missing. */
export function WaitingPage() {
  const t = useT();
  const [filters, setFilters] = useFilters(['search']);
  const { search } = filters;
  const list = usePaged('GET /waiting', { query: { ...(search && { search }) } });
  return (
    <Page
      title={t('nav.waiting')}
      crumbs={[{ title: t('nav.workspace'), to: '/' }]}
      about={t('waiting.about')}
    >
      <div className="list-bar">
        <div className="list-filters">
          <SearchBox
            label={t('tasks.search')}
            value={search}
            onChange={(text) => setFilters({ search: text })}
          />
        </div>
        <SaveButton
          name="waiting"
          head={csvHead(t)}
          lines={async () => (await list.all()).flatMap((task) => linesOf(task, t))}
        />
      </div>
      <Board list={list} none={t(search ? 'list.noMatch' : 'waiting.none')} />
      <Pager {...list} />
    </Page>
  );
}

function Board({
  list: { problem, rows, retry },
  none,
}: {
  list: Paged<WaitingTask>;
  none: string;
}) {
  if (problem) return <ProblemView problem={problem} retry={retry} />;
  if (rows === undefined) return <Loading />;
  if (rows.length === 0) return <Nothing title={none} />;
  return (
    <ul className="board">
      {rows.map((task) => (
        <li key={task.taskId} className="panel">
          <WaitingCard task={task} />
        </li>
      ))}
    </ul>
  );
}

function WaitingCard({ task }: { task: WaitingTask }) {
  const t = useT();
  const hidden = task.gateCount - task.gates.length;
  return (
    <>
      <div className="panel-head">
        <h2>
          <Link to={`/tasks/${task.taskId}`}>{task.name}</Link>
        </h2>
        <span className="latest">
          {task.paused && <Tag tone="warn">{t('task.paused')}</Tag>}
          <span className="faint">
            {t('waiting.since')} <Ago at={task.since} zone={task.timezone} />
          </span>
          {task.kind === 'triggered' && (
            <Link to={`/tasks/${task.taskId}/triggers`}>{t('task.tab.triggers')}</Link>
          )}
        </span>
      </div>
      {task.paused && <Alert type="info" showIcon title={t('waiting.paused')} />}
      {task.gates.map((gate) => (
        <GateCard key={gate.scheduleTime ?? 'open'} task={task} gate={gate} />
      ))}
      {hidden > 0 && (
        <p>
          <Link to={`/tasks/${task.taskId}`}>{t('waiting.more', { count: hidden })}</Link>
        </p>
      )}
    </>
  );
}

const csvHead = (t: Translate) => [
  t('task.name'),
  t('run.scheduleTime'),
  t('run.table'),
  t('run.status'),
  t('waiting.usual'),
  t('waiting.lateSeconds'),
];

function linesOf(task: WaitingTask, t: Translate) {
  return task.gates.flatMap(({ scheduleTime, arrived, missing }) => [
    ...arrived.map(({ table, at }) => [
      task.name,
      scheduleTime,
      table,
      `${t('gate.triggered')} ${at}`,
      null,
      null,
    ]),
    ...missing.map(({ table, usualAt, lateSeconds }) => [
      ...[task.name, scheduleTime, table, t('gate.notTriggered')],
      ...[usualAt, lateSeconds],
    ]),
  ]);
}
