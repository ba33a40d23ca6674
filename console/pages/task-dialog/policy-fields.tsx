import { Form, Input, InputNumber, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client';
import { useTasks } from '../../api/tasks';
import { useT } from '../../i18n';
import { useDebounced } from '../../ui/use-debounced';
import type { TaskValues } from './values';

/** The run policy: how long, how often again, what happens meanwhile. */
export function PolicyFields({ isTriggered }: { isTriggered: boolean }) {
  const t = useT();
  const number = (
    name: keyof TaskValues,
    label: string,
    min: number,
    max: number,
    unit?: string,
  ) => (
    <Form.Item<TaskValues> name={name} label={label}>
      <InputNumber min={min} max={max} {...(unit && { suffix: unit })} style={{ width: '100%' }} />
    </Form.Item>
  );
  return (
    <div className="two-columns">
      <Form.Item<TaskValues> name="rerunMode" label={t('policy.rerunMode')}>
        <Select
          options={(['AllAllowed', 'FailureAllowed', 'AllDenied'] as const).map((mode) => ({
            value: mode,
            label: t(`policy.rerunMode.${mode}`),
          }))}
        />
      </Form.Item>
      {number('rerunTimes', t('policy.rerunTimes'), 0, 100)}
      {number('rerunInterval', t('policy.rerunInterval'), 0, 86_400, 's')}
      {number('timeoutMinutes', t('policy.timeout'), 1, 35_000, 'min')}
      {number('maxParallel', t('policy.maxParallel'), 1, 64)}
      {number('gateExpiryDays', t('policy.gateExpiry'), 1, 366, 'd')}
      {isTriggered && (
        <Form.Item<TaskValues> name="whileRunning" label={t('policy.whileRunning')}>
          <Select
            options={(['ignore', 'latch'] as const).map((choice) => ({
              value: choice,
              label: t(`policy.whileRunning.${choice}`),
            }))}
          />
        </Form.Item>
      )}
    </div>
  );
}

/** What it is about and what comes before it. */
export function MoreFields({ taskId }: { taskId: string | null }) {
  const t = useT();
  return (
    <>
      <Form.Item<TaskValues> name="description" label={t('task.description')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={4000} />
      </Form.Item>
      <div className="two-columns">
        <Form.Item<TaskValues> name="owner" label={t('task.owner')}>
          <Input maxLength={255} />
        </Form.Item>
        <Form.Item<TaskValues> name="timezone" label={t('task.timezone')}>
          <Select
            showSearch
            allowClear
            placeholder={t('cycle.installationZone')}
            options={zones().map((zone) => ({ value: zone, label: zone }))}
          />
        </Form.Item>
      </div>
      <Form.Item<TaskValues>
        name="dependsOn"
        label={t('task.dependsOn')}
        extra={t('task.dependsOnMore')}
      >
        <TaskSelect taskId={taskId} />
      </Form.Item>
    </>
  );
}

export const zones = (): string[] => [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC'),
];

interface TaskSelectProps {
  id?: string;
  value?: string[];
  onChange?: (ids: string[]) => void;
  /** The task that it is about, which is not offered. */
  taskId: string | null;
}

/** Tasks by their names. */
export function TaskSelect({ id, value, onChange, taskId }: TaskSelectProps) {
  const t = useT();
  const [search, setSearch] = useState('');
  const settled = useDebounced(search, 300);
  const found = useQuery({
    queryKey: ['GET /tasks', 'names', settled],
    queryFn: ({ signal }) =>
      call('GET /tasks', { query: { search: settled, pageSize: 100 } }, signal),
    placeholderData: (before) => before,
  });
  const known = found.data?.items ?? [];
  const others = (value ?? []).filter((one) => !known.some((task) => task.id === one));
  const named = useTasks(others);
  return (
    <Select
      {...(id ? { id } : { 'aria-label': t('task.pick') })}
      mode="multiple"
      value={value ?? []}
      {...(onChange && { onChange })}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={found.isFetching}
      placeholder={t('task.pick')}
      options={[...known, ...named.values()]
        .filter((task) => task.id !== taskId)
        .map((task) => ({ value: task.id, label: task.name }))}
      style={{ width: '100%' }}
    />
  );
}
