import { Alert, App, Button, Checkbox, Collapse, Form, Input, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate, useOutletContext, useParams } from 'react-router';
import type { ApiProblem, Schemas } from '../../api/client';
import { useAction, useCall } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { CycleEditor } from '../../ui/cycle-editor';
import { Dialog } from '../../ui/dialog';
import { useNarrow } from '../../ui/media';
import { ProblemAlert } from '../../ui/problem-alert';
import { Loading, ProblemView } from '../../ui/states';
import { useUnsavedGuard } from '../../ui/unsaved-guard';
import { frequencies, whyNotEditable } from '../tasks/method';
import { useDraft } from './draft';
import { JobFields, useNeedsIdMapping } from './job-fields';
import { MoreFields, PolicyFields } from './policy-fields';
import { TablePicker } from './table-picker';
import { TriggerTables } from './trigger-tables';
import { WebhookFields } from './webhook-fields';
import { bodyOf, fieldOf, newTask, valuesOf, type TaskValues } from './values';

/** `New Scheduling Task` and `Edit`: one dialog, above the list of tasks. */
export function TaskDialog() {
  const t = useT();
  const { taskId = null } = useParams();
  const { base } = useOutletContext<{ base: string }>();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const read = useCall(
    'GET /tasks/{id}',
    { params: { id: taskId ?? '' } },
    { enabled: taskId !== null },
  );
  // Who came from the page of the task goes back there.
  const { back = base } = (useLocation().state ?? {}) as { back?: string };
  const close = () => void navigate(back);
  // Which version the form was filled from: what others save meanwhile does not change it.
  const [filledFrom, setFilledFrom] = useState<Schemas['Task'] | null>(null);
  if (filledFrom?.id !== read.data?.id) setFilledFrom(read.data ?? null);
  const ready = taskId === null || read.data !== undefined;
  return (
    <Dialog
      className="task-dialog"
      title={t(taskId === null ? 'task.new' : 'task.editTitle')}
      width={narrow ? '100%' : 860}
      mask={{ closable: false }}
      onCancel={close}
    >
      {ready ? (
        <TaskForm
          key={`${taskId} ${filledFrom?.version}`}
          task={filledFrom}
          now={read.data ?? null}
          takeNewer={() => setFilledFrom(read.data ?? null)}
          taskId={taskId}
          close={close}
        />
      ) : read.error ? (
        <ProblemView problem={read.error} retry={() => void read.refetch()} />
      ) : (
        <Loading />
      )}
    </Dialog>
  );
}

interface TaskFormProps {
  /** What the form is filled from; null for a new task. */
  task: Schemas['Task'] | null;
  /** The same as it stands now, with its gate and what others have saved since. */
  now: Schemas['Task'] | null;
  takeNewer: () => void;
  taskId: string | null;
  close: () => void;
}

function TaskForm({ task, now, takeNewer, taskId, close }: TaskFormProps) {
  const t = useT();
  const [form] = Form.useForm<TaskValues>();
  const initial = useRef(task === null ? newTask : valuesOf(task)).current;
  const [dirty, setDirty] = useState(false);
  const saving = useSave(task, taskId);
  const newer = now !== null && task !== null && now.version > task.version;
  const may = useMay('developer');
  const locked = may
    ? task && whyNotEditable(task, t)
    : t('roles.needed', { role: t('roles.developer') });
  const values = { ...initial, ...Form.useWatch((all: TaskValues) => all, form) };
  const { frequency, tables, markedByTask } = values;
  const isTriggered = frequency === 'triggered';
  const draft = useDraft(taskId, tables, isTriggered);
  const needsIdMapping = useNeedsIdMapping(values.jobType);
  // A collection names its tables in its config, if it names any.
  const needsTables = isTriggered || values.jobType !== 'metadata-collection';
  useUnsavedGuard(dirty && !saving.done);
  useEffect(() => {
    // Nothing was typed that could be lost, and what was saved here closes the dialog anyway.
    if (newer && !dirty && !saving.busy && !saving.done) takeNewer();
  }, [newer, dirty, saving.busy, saving.done, takeNewer]);
  useEffect(() => {
    if (saving.done) close();
  }, [saving.done, close]);

  return (
    <Form<TaskValues>
      form={form}
      layout="vertical"
      initialValues={initial}
      onValuesChange={() => setDirty(true)}
      onFinish={() =>
        void saving.save(form.getFieldsValue(true), draft.id, (fields) => form.setFields(fields))
      }
      scrollToFirstError
      disabled={locked !== null}
    >
      {locked && <Alert className="dialog-problem" type="info" showIcon title={locked} />}
      <Form.Item<TaskValues>
        name="name"
        label={t('task.name')}
        required
        rules={[
          { required: true, whitespace: true, message: t('task.nameNeeded') },
          { max: 255, message: t('task.nameTooLong') },
        ]}
      >
        <Input autoFocus placeholder={t('task.nameExample')} />
      </Form.Item>
      <Form.Item<TaskValues>
        name="tables"
        label={t('tables.title')}
        required={needsTables}
        extra={needsIdMapping ? t('tables.advice') : undefined}
        rules={[
          {
            required: needsTables,
            type: 'array',
            min: needsTables ? 1 : 0,
            message: t('tables.needed'),
          },
        ]}
      >
        <TablePicker needsIdMapping={needsIdMapping} />
      </Form.Item>
      <Form.Item<TaskValues> name="frequency" label={t('task.frequency')} required>
        <Select
          options={frequencies.map((one) => ({ value: one, label: t(`frequency.${one}`) }))}
        />
      </Form.Item>
      <Form.Item<TaskValues> name="markedByTask" hidden>
        <input />
      </Form.Item>
      {isTriggered && (
        <TriggerTables
          task={now}
          tables={tables}
          markedByTask={markedByTask}
          onMarkedByTask={(marked) => {
            form.setFieldValue('markedByTask', marked);
            setDirty(true);
          }}
          draft={draft}
        />
      )}
      {frequency === 'daily' && (
        <Form.Item<TaskValues> name="cycle" label={t('cycle.title')} required>
          <CycleEditor timezone={values.timezone} modes={['day', 'cron']} />
        </Form.Item>
      )}
      {frequency === 'hourly' && (
        <Form.Item<TaskValues> name="cycle" label={t('cycle.title')} required>
          <CycleEditor timezone={values.timezone} modes={['hour']} />
        </Form.Item>
      )}
      <Collapse
        size="small"
        items={[
          {
            key: 'job',
            label: t('task.section.job'),
            forceRender: true,
            children: <JobFields jobType={values.jobType} />,
          },
          {
            key: 'policy',
            label: t('task.section.policy'),
            forceRender: true,
            children: <PolicyFields isTriggered={isTriggered} />,
          },
          {
            key: 'more',
            label: t('task.section.more'),
            forceRender: true,
            children: (
              <>
                <MoreFields taskId={taskId} />
                <WebhookFields />
                {(isTriggered || frequency === 'manual') && (
                  <>
                    <Form.Item<TaskValues>
                      name="hasTimes"
                      valuePropName="checked"
                      extra={t('cycle.hasTimesMore')}
                    >
                      <Checkbox>{t('cycle.hasTimes')}</Checkbox>
                    </Form.Item>
                    {values.hasTimes && (
                      <Form.Item<TaskValues> name="cycle">
                        <CycleEditor timezone={values.timezone} modes={['day', 'hour', 'cron']} />
                      </Form.Item>
                    )}
                  </>
                )}
              </>
            ),
          },
        ]}
      />
      {newer && !saving.busy && !saving.done && (
        <Alert
          className="dialog-problem"
          type="warning"
          showIcon
          role="alert"
          title={t('task.changedMeanwhile')}
          action={
            <Button size="small" onClick={takeNewer}>
              {t('script.takeTheirs')}
            </Button>
          }
        />
      )}
      {saving.problem && !newer && (
        <ProblemAlert problem={saving.problem} isBeside={(path) => fieldOf(path) !== null} />
      )}
      <div className="dialog-foot">
        <Button onClick={close} disabled={false}>
          {t('act.cancel')}
        </Button>
        <Button type="primary" htmlType="submit" loading={saving.busy}>
          {t('act.save')}
        </Button>
      </div>
    </Form>
  );
}

type FieldErrors = { name: keyof TaskValues; errors: string[] }[];

/** Saves; what the API says of single fields is shown beside them. */
function useSave(task: Schemas['Task'] | null, taskId: string | null) {
  const t = useT();
  const { message } = App.useApp();
  const create = useAction('POST /tasks', ['task']);
  const change = useAction('PATCH /tasks/{id}', ['task']);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [done, setDone] = useState(false);
  const save = async (
    values: TaskValues,
    draftId: string | null,
    showErrors: (fields: FieldErrors) => void,
  ) => {
    setProblem(null);
    const body = bodyOf(values);
    try {
      if (task === null || taskId === null) {
        const withId = body.kind === 'triggered' && draftId !== null ? { id: draftId } : {};
        await create.mutateAsync({ body: { ...body, ...withId } });
      } else {
        await change.mutateAsync({
          params: { id: taskId },
          body,
          headers: { 'If-Match': `"${task.version}"` },
        });
      }
      message.success({ key: 'saved', content: t('task.saved', { name: body.name }) });
      setDone(true);
    } catch (error) {
      const { fields } = error as ApiProblem;
      const placed = fields.flatMap(({ path, message: what }) => {
        const name = fieldOf(path);
        return name === null ? [] : [{ name, errors: [what] }];
      });
      showErrors(placed);
      setProblem(error as ApiProblem);
    }
  };
  return { save, problem, done, busy: create.isPending || change.isPending };
}
