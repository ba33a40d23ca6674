import { Button, InputNumber, Radio, Segmented, Steps } from 'antd';
import { useId, useState, type ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { ApiProblem, Body, Schemas } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { Page, Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import { TimeRange, type Span } from '../../ui/time-range';
import { TablePicker } from '../task-dialog/table-picker';
import { TaskSelect } from '../task-dialog/policy-fields';
import { PlanGrid } from './plan-grid';

type Request = Body<'POST /backfills'>;
type Plan = Schemas['BackfillPlan'];

interface Choices {
  by: 'tasks' | 'tables';
  taskIds: string[];
  tables: string[];
  /** Local times, read in the timezone of each task; empty: not given yet. */
  range: Span;
  downstream: 'none' | 'matching';
  existing: 'rerun' | 'failed' | 'skip';
  concurrency: number;
}

/** Past this many instances the API wants the plan confirmed. */
const toConfirm = 10_000;

function requestOf(choices: Choices): Request {
  const { from: startTime, to: endTime } = choices.range;
  const what = choices.by === 'tasks' ? { taskIds: choices.taskIds } : { tables: choices.tables };
  const { downstream, existing, concurrency } = choices;
  return { ...what, startTime, endTime, downstream, existing, concurrency };
}

/** Choose, look at the plan, start: nothing is made before the last step. */
export function BackfillWizard() {
  const t = useT();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const task = params.get('task');
  const [choices, setChoices] = useState<Choices>({
    ...{ by: 'tasks', taskIds: task ? [task] : [], tables: [] },
    range: { from: '', to: '' },
    ...{ downstream: 'none', existing: 'rerun', concurrency: 16 },
  });
  const [plan, setPlan] = useState<Plan | null>(null);
  const planning = useAction('POST /backfills');
  const starting = useAction('POST /backfills', ['backfill']);
  const chosen = choices.by === 'tasks' ? choices.taskIds : choices.tables;
  const missing = chosen.length === 0 ? 'wizard.nothingChosen' : missingOf(choices.range);

  const look = async () => {
    const answer = await planning.mutateAsync({ body: { ...requestOf(choices), dryRun: true } });
    setPlan(answer as Plan);
  };
  const start = async (confirm: boolean) => {
    const body = { ...requestOf(choices), ...(confirm && { confirm }) };
    const made = (await starting.mutateAsync({ body })) as Schemas['Backfill'];
    void navigate(`/backfills/${made.id}`);
  };
  const problem = (planning.error ?? starting.error) as ApiProblem | null;
  return (
    <Page
      title={t('backfill.new')}
      crumbs={[{ title: t('nav.backfills'), to: '/backfills' }]}
      about={t('wizard.about')}
    >
      <Steps
        size="small"
        responsive={false}
        className="wizard-steps"
        current={plan === null ? 0 : 1}
        items={[{ title: t('wizard.choose') }, { title: t('wizard.review') }]}
      />
      {problem && <ProblemAlert problem={problem} />}
      {plan === null ? (
        <Panel>
          <Fields choices={choices} change={(part) => setChoices({ ...choices, ...part })} />
          <div className="dialog-foot">
            <ActionButton
              needs="operator"
              type="primary"
              blocked={missing && t(missing)}
              loading={planning.isPending}
              onClick={() => void look().catch(() => undefined)}
            >
              {t('wizard.showPlan')}
            </ActionButton>
          </div>
        </Panel>
      ) : (
        <Panel>
          <PlanGrid plan={plan} />
          <div className="dialog-foot">
            <Button onClick={() => setPlan(null)}>{t('wizard.back')}</Button>
            <ActionButton
              needs="operator"
              type="primary"
              blocked={plan.count + plan.marks.length === 0 ? t('wizard.emptyPlan') : null}
              loading={starting.isPending}
              onClick={() => void start(plan.count > toConfirm).catch(() => undefined)}
            >
              {t('wizard.start', { count: runsIn(plan) })}
            </ActionButton>
          </div>
        </Panel>
      )}
    </Page>
  );
}

/** How many of the plan run; those shown stand for all where there are more. */
function runsIn({ cells, count }: Plan): number {
  const skipped = cells.filter(({ action }) => action === 'skip').length;
  return count > cells.length ? count : count - skipped;
}

interface FieldsProps {
  choices: Choices;
  change: (part: Partial<Choices>) => void;
}

function Fields({ choices, change }: FieldsProps) {
  const t = useT();
  return (
    <div className="wizard">
      <Segmented
        aria-label={t('wizard.what')}
        value={choices.by}
        onChange={(by) => change({ by })}
        options={[
          { value: 'tasks' as const, label: t('wizard.byTasks') },
          { value: 'tables' as const, label: t('wizard.byTables') },
        ]}
      />
      {choices.by === 'tasks' ? (
        <Labelled label={t('backfill.tasks')}>
          {(id) => (
            <TaskSelect
              id={id}
              taskId={null}
              value={choices.taskIds}
              onChange={(taskIds) => change({ taskIds })}
            />
          )}
        </Labelled>
      ) : (
        <Labelled label={t('tables.title')}>
          {(id) => (
            <TablePicker
              id={id}
              needsIdMapping={false}
              value={choices.tables}
              onChange={(tables) => change({ tables })}
            />
          )}
        </Labelled>
      )}
      <fieldset>
        <legend>{t('wizard.range')}</legend>
        <div className="wizard-range">
          <TimeRange
            value={choices.range}
            onChange={(part) => change({ range: { ...choices.range, ...part } })}
          />
        </div>
        <p className="under">{t('wizard.rangeMore')}</p>
      </fieldset>
      <fieldset>
        <legend>{t('wizard.downstream')}</legend>
        <Radio.Group
          value={choices.downstream}
          onChange={({ target }) => change({ downstream: target.value as Choices['downstream'] })}
          options={(['none', 'matching'] as const).map((value) => ({
            value,
            label: t(`wizard.downstream.${value}`),
          }))}
        />
      </fieldset>
      <fieldset>
        <legend>{t('wizard.existing')}</legend>
        <Radio.Group
          value={choices.existing}
          onChange={({ target }) => change({ existing: target.value as Choices['existing'] })}
          options={(['rerun', 'failed', 'skip'] as const).map((value) => ({
            value,
            label: t(`wizard.existing.${value}`),
          }))}
        />
      </fieldset>
      <Labelled label={t('wizard.concurrency')}>
        {(id) => (
          <InputNumber
            id={id}
            min={1}
            max={64}
            precision={0}
            value={choices.concurrency}
            onChange={(concurrency) => change({ concurrency: concurrency ?? 1 })}
          />
        )}
      </Labelled>
    </div>
  );
}

/** What is wrong with the range; null: nothing. */
function missingOf({ from, to }: Span): 'wizard.noRange' | 'wizard.rangeTurned' | null {
  if (from === '' || to === '') return 'wizard.noRange';
  return from > to ? 'wizard.rangeTurned' : null;
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
