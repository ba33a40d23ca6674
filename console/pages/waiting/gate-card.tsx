import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { durationText } from '../../ui/format';
import { GateTag, Tag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { useConfirm, useDo } from '../../ui/use-do';

type WaitingTask = Schemas['WaitingTask'];
type Gate = WaitingTask['gates'][number];

interface GateCardProps {
  task: WaitingTask;
  gate: Gate;
}

/** One gate: the tables that it waits for, and what a person can do about it. */
export function GateCard({ task, gate }: GateCardProps) {
  const t = useT();
  const { timezone: zone } = task;
  const tables = gate.arrivedCount + gate.missingCount;
  const shown = gate.arrived.length + gate.missing.length;
  return (
    <section className="gate-card">
      <div className="gate-card-head">
        <h3>
          {gate.scheduleTime ? (
            <>
              {t('gate.of')} <Time at={gate.scheduleTime} zone={zone} />
            </>
          ) : (
            t('gate.open')
          )}
        </h3>
        {tables > 0 && <strong>{t('gate.count', { marked: gate.arrivedCount, tables })}</strong>}
        {gate.isLate && <Tag tone="bad">{t('waiting.isLate')}</Tag>}
        {gate.status === 'blocked' && <Tag tone="warn">{t('status.blocked')}</Tag>}
      </div>
      {gate.reason && <p>{gate.reason}</p>}
      <ul className="gate-tables">
        {gate.missing.map((missing) => (
          <MissingTable key={missing.table} {...{ task, gate, missing }} />
        ))}
        {gate.arrived.map(({ table, at, caller }) => (
          <li key={table}>
            <strong>{table}</strong>
            <GateTag status="Triggered" />
            <span className="under">
              <Time at={at} zone={zone} /> {caller}
            </span>
          </li>
        ))}
      </ul>
      {shown < tables && (
        <p className="under">{t('waiting.moreTables', { count: tables - shown })}</p>
      )}
      {gate.deadline && (
        <p className="under">
          {t('waiting.deadline')} <Time at={gate.deadline} zone={zone} />
        </p>
      )}
      {task.kind === 'triggered' && <GateActions task={task} gate={gate} />}
    </section>
  );
}

function MissingTable({
  task,
  gate,
  missing,
}: GateCardProps & { missing: Gate['missing'][number] }) {
  const t = useT();
  const confirm = useConfirm();
  const { act } = useDo('POST /tasks/{id}/triggers', ['trigger']);
  const { table, usualAt, lateSeconds } = missing;
  const ask = () =>
    confirm(
      {
        title: t('mark.title', { table }),
        text: t('mark.text'),
        yes: t('mark.yes'),
        danger: false,
      },
      () =>
        act(
          { params: { id: task.taskId }, body: { table, ...timeOf(gate) } },
          t('mark.done', { table }),
        ),
    );
  return (
    <li>
      <strong>{table}</strong>
      <GateTag status="Not Triggered" />
      <span className="under">
        {usualAt ? (
          <>
            {t('waiting.usually')} <Time at={usualAt} zone={task.timezone} />
          </>
        ) : (
          t('waiting.unknown')
        )}
        {lateSeconds !== null && lateSeconds > 0 && (
          <em className="late"> {t('waiting.late', { time: durationText(lateSeconds) })}</em>
        )}
      </span>
      <ActionButton
        needs="operator"
        size="small"
        onClick={ask}
        aria-label={`${t('mark.yes')}: ${table}`}
      >
        {t('mark.yes')}
      </ActionButton>
    </li>
  );
}

const timeOf = ({ scheduleTime }: Gate) => (scheduleTime === null ? {} : { scheduleTime });

function GateActions({ task, gate }: GateCardProps) {
  const t = useT();
  const confirm = useConfirm();
  const fire = useDo('POST /tasks/{id}:run-with-present', ['run', 'trigger']);
  const reset = useDo('POST /tasks/{id}:reset-gate', ['trigger']);
  const params = { id: task.taskId };
  const body = timeOf(gate);
  const missing = gate.missing.map(({ table }) => table).join(', ');
  return (
    <div className="gate-actions">
      <ActionButton
        needs="operator"
        blocked={gate.arrivedCount === 0 ? t('fire.nothing') : null}
        onClick={() =>
          confirm(
            {
              title: t('fire.title', { name: task.name }),
              text: t('fire.text', { missing }),
              yes: t('fire.yes'),
            },
            () => fire.act({ params, body }, t('task.started', { name: task.name })),
          )
        }
      >
        {t('fire.yes')}
      </ActionButton>
      <ActionButton
        needs="operator"
        danger
        onClick={() =>
          confirm({ title: t('reset.title'), text: t('reset.text'), yes: t('reset.yes') }, () =>
            reset.act({ params, body }, t('reset.done')),
          )
        }
      >
        {t('reset.yes')}
      </ActionButton>
    </div>
  );
}
