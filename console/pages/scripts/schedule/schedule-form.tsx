import { Alert, App, Button, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { ApiProblem, Schemas } from '../../../api/client';
import { useAction } from '../../../api/hooks';
import { useMay } from '../../../api/session';
import { useT } from '../../../i18n';
import { ActionButton } from '../../../ui/action-button';
import { CycleEditor } from '../../../ui/cycle-editor';
import { Page, Panel } from '../../../ui/page';
import { RoleNeeded } from '../../../ui/role-needed';
import { useUnsavedGuard } from '../../../ui/unsaved-guard';
import { zones } from '../../task-dialog/policy-fields';
import { atMost, counted, maxDescription } from '../rules';
import { DependencySelect } from './dependency-select';
import { ParameterFields } from './parameter-fields';
import {
  isRecurring,
  patchOf,
  scheduleFieldOf,
  scheduleValuesOf,
  type ScheduleValues,
} from './values';

type Script = Schemas['Script'];

/** Five parts on one page; `OK` keeps them, `Cancel` leaves everything as it was. */
export function ScheduleForm({ script }: { script: Script }) {
  const t = useT();
  const [form] = Form.useForm<ScheduleValues>();
  const initial = useRef(scheduleValuesOf(script)).current;
  const navigate = useNavigate();
  const [dirty, setDirty] = useState(false);
  const saving = useSave(script);
  const may = useMay('developer');
  useUnsavedGuard(dirty && !saving.done);
  const back = `/data-integration/${script.id}`;
  useEffect(() => {
    if (saving.done) void navigate(back);
  }, [saving.done, navigate, back]);
  const values = { ...initial, ...Form.useWatch((all: ScheduleValues) => all, form) };
  const recurring = isRecurring(values.scheduleType);
  return (
    <Page
      title={t('schedule.title')}
      crumbs={[
        { title: t('nav.development') },
        { title: t('nav.dataIntegration'), to: '/data-integration' },
        { title: script.name, to: back },
      ]}
      about={t('schedule.about')}
    >
      <Form<ScheduleValues>
        form={form}
        layout="vertical"
        initialValues={initial}
        onValuesChange={() => setDirty(true)}
        onFinish={() =>
          void saving.save(form.getFieldsValue(true) as ScheduleValues, (errors) =>
            form.setFields(errors as never),
          )
        }
        scrollToFirstError
        className="schedule-page"
        disabled={!may}
      >
        {!may && <RoleNeeded role="developer" />}
        <Panel title={t('schedule.basic')}>
          <BasicFields />
        </Panel>
        <Panel title={t('schedule.configuration')}>
          <ConfigurationFields recurring={recurring} timezone={values.timezone} />
        </Panel>
        <Panel title={t('schedule.dependency')}>
          {recurring ? (
            <Form.Item<ScheduleValues>
              name="dependsOn"
              label={t('task.dependsOn')}
              extra={t('schedule.dependsOnMore')}
            >
              <DependencySelect script={script} />
            </Form.Item>
          ) : (
            <p className="faint">{t('schedule.noDependencies')}</p>
          )}
        </Panel>
        <Panel title={t('schedule.parameters')}>
          <ParameterFields script={script} values={values} />
        </Panel>
        <Panel title={t('schedule.run')}>
          <RunFields />
        </Panel>
        {saving.problem && <Alert type="error" showIcon role="alert" title={saving.problem} />}
        <div className="dialog-foot page-foot">
          <Button onClick={() => void navigate(back)} disabled={false}>
            {t('act.cancel')}
          </Button>
          <ActionButton needs="developer" type="primary" htmlType="submit" loading={saving.busy}>
            {t('act.ok')}
          </ActionButton>
        </div>
      </Form>
    </Page>
  );
}

function BasicFields() {
  const t = useT();
  return (
    <>
      <div className="two-columns">
        <Form.Item<ScheduleValues> name="developer" label={t('schedule.developer')}>
          <Input maxLength={255} />
        </Form.Item>
        <Form.Item<ScheduleValues> name="operationOwner" label={t('schedule.operationOwner')}>
          <Input maxLength={255} />
        </Form.Item>
      </div>
      <Form.Item<ScheduleValues>
        name="description"
        label={t('create.description')}
        rules={[atMost(maxDescription, t)]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} count={counted(maxDescription)} />
      </Form.Item>
    </>
  );
}

/** Type, cycle, logic and execution; all of it is of production. */
function ConfigurationFields({ recurring, timezone }: { recurring: boolean; timezone: string }) {
  const t = useT();
  return (
    <>
      <div className="two-columns">
        <Form.Item<ScheduleValues> name="scheduleType" label={t('create.scheduleType')}>
          <Select
            options={[
              { value: 'Recurring Task Node', label: t('create.recurring') },
              { value: 'Manual Task Node', label: t('create.manual') },
            ]}
          />
        </Form.Item>
        <Form.Item<ScheduleValues> name="timezone" label={t('task.timezone')}>
          <Select showSearch options={zones().map((zone) => ({ value: zone, label: zone }))} />
        </Form.Item>
      </div>
      {recurring && (
        <>
          <Form.Item<ScheduleValues> name="cycle" label={t('schedule.cycle')}>
            <CycleEditor timezone={timezone} modes={['day', 'hour', 'cron']} />
          </Form.Item>
          <Form.Item<ScheduleValues>
            name="execution"
            label={t('schedule.execution')}
            extra={t('schedule.executionMore')}
          >
            <Segmented
              options={(['normal', 'paused'] as const).map((value) => ({
                value,
                label: t(`schedule.execution.${value}`),
              }))}
            />
          </Form.Item>
        </>
      )}
    </>
  );
}

function RunFields() {
  const t = useT();
  const number = (
    name: keyof ScheduleValues,
    label: string,
    [min, max]: number[],
    unit?: string,
  ) => (
    <Form.Item<ScheduleValues> name={name} label={label}>
      <InputNumber
        {...{ min: min ?? 0, max: max ?? 0 }}
        {...(unit && { suffix: unit })}
        style={{ width: '100%' }}
      />
    </Form.Item>
  );
  return (
    <div className="two-columns">
      {number('timeoutMinutes', t('policy.timeout'), [0.1, 35_000], 'min')}
      <Form.Item<ScheduleValues> name="rerunMode" label={t('policy.rerunMode')}>
        <Select
          options={(['AllAllowed', 'FailureAllowed', 'AllDenied'] as const).map((mode) => ({
            value: mode,
            label: t(`policy.rerunMode.${mode}`),
          }))}
        />
      </Form.Item>
      {number('rerunTimes', t('policy.rerunTimes'), [0, 100])}
      {number('rerunInterval', t('policy.rerunInterval'), [0, 86_400], 's')}
    </div>
  );
}

type FieldErrors = { name: unknown; errors: string[] }[];

function useSave(script: Script) {
  const t = useT();
  const { message } = App.useApp();
  const change = useAction('PATCH /scripts/{id}', ['script']);
  const [problem, setProblem] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  // Those of the page as it was opened: what somebody saved since is not overwritten unseen.
  const version = useRef(script.version).current;
  const save = async (values: ScheduleValues, showErrors: (errors: FieldErrors) => void) => {
    setProblem(null);
    try {
      await change.mutateAsync({
        params: { id: script.id },
        body: patchOf(values),
        headers: { 'If-Match': `"${version}"` },
      });
      message.success({ key: 'saved', content: t('schedule.saved') });
      setDone(true);
    } catch (error) {
      const { code, message: why, fields } = error as ApiProblem;
      const placed = fields.map(({ path, message: what }) => ({
        name: scheduleFieldOf(path),
        errors: [what],
      }));
      showErrors(placed.filter(({ name }) => name !== null));
      setProblem(code === 'staleVersion' ? t('script.changedMeanwhile') : why);
    }
  };
  return { save, problem, done, busy: change.isPending };
}
