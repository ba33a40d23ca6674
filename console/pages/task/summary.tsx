import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { NextTimes } from '../../ui/next-times';
import { Facts, Panel } from '../../ui/page';
import { GateTag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { durationText } from '../../ui/format';
import { useTasks } from '../../api/tasks';
import { cycleText, frequencyOf, originOf, scriptOf } from '../tasks/method';
import { useTask } from './page';

type Gate = NonNullable<Schemas['Task']['gate']>;

/** What the task is, and what it waits for. */
export function SummaryTab() {
  const t = useT();
  const task = useTask();
  const upstream = useTasks(task.dependsOn);
  const script = scriptOf(task);
  const { runPolicy: policy, recurrence } = task;
  return (
    <>
      {task.gate && task.kind === 'triggered' && (
        <Panel title={t('gate.open')} extra={<Link to="/waiting">{t('nav.waiting')}</Link>}>
          <GateTables tables={task.gate.tables} zone={task.timezone} />
        </Panel>
      )}
      {task.gate?.dated.map((gate) => (
        <Panel
          key={gate.scheduleTime}
          title={
            <>
              {t('gate.of')} <Time at={gate.scheduleTime} zone={task.timezone} />
            </>
          }
        >
          {gate.upstream?.reason && <p>{gate.upstream.reason}</p>}
          <GateTables tables={gate.tables} zone={task.timezone} />
        </Panel>
      ))}
      {recurrence && (
        <Panel title={t('cycle.title')}>
          <NextTimes recurrence={recurrence} timezone={task.timezone} />
        </Panel>
      )}
      <Panel title={t('task.settings')}>
        <Facts
          items={[
            [t('task.frequency'), t(`frequency.${frequencyOf(task)}`)],
            [t('cycle.title'), cycleText(recurrence, t) || '–'],
            [t('task.nextRun'), <Time key="n" at={task.nextRunTime} zone={task.timezone} />],
            [t('task.timezone'), task.timezone],
            [t('tables.title'), <Tables key="t" names={task.tables.map(({ name }) => name)} />],
            [t('job.type'), task.job.type],
            ...(script
              ? [
                  [
                    t('operations.script'),
                    <Link key="script" to={`/data-integration/${script}`}>
                      {t('operations.editor')}
                    </Link>,
                  ] as const,
                ]
              : []),
            [t('task.creator'), task.creator],
            ...(task.imported
              ? [[t('task.importedFrom'), originOf(task.imported, t)] as [string, string]]
              : []),
            [t('task.owner'), task.owner ?? '–'],
            [t('policy.rerunMode'), t(`policy.rerunMode.${policy.rerunMode}`)],
            [t('policy.rerunTimes'), String(policy.rerunTimes)],
            [t('policy.timeout'), policy.timeout === null ? '–' : durationText(policy.timeout)],
            [
              t('task.dependsOn'),
              task.dependsOn.length === 0
                ? '–'
                : task.dependsOn.map((id) => (
                    <Link key={id} to={`/tasks/${id}`} className="in-row">
                      {upstream.get(id)?.name ?? id}
                    </Link>
                  )),
            ],
            [t('task.createdAt'), <Time key="c" at={task.createdAt} zone={task.timezone} />],
            [t('task.updatedAt'), <Time key="u" at={task.updatedAt} zone={task.timezone} />],
            [
              'ID',
              <span key="id" className="mono">
                {task.id}
              </span>,
            ],
            [
              t('task.number'),
              <span key="no" className="mono">
                {task.number}
              </span>,
            ],
          ]}
        />
      </Panel>
    </>
  );
}

function Tables({ names }: { names: readonly string[] }) {
  return names.map((name) => (
    <Link key={name} to={`/tables/${encodeURIComponent(name)}`} className="in-row">
      {name}
    </Link>
  ));
}

function GateTables({ tables, zone }: { tables: Gate['tables']; zone: string }) {
  return (
    <ul className="gate-tables">
      {tables.map(({ table, status, at, caller }) => (
        <li key={table}>
          <strong>{table}</strong>
          <GateTag status={status} />
          {at && (
            <span className="under">
              <Time at={at} zone={zone} /> {caller}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
