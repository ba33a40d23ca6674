import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { call, type Schemas } from '../../../api/client';
import { useCall } from '../../../api/hooks';
import { useTasks } from '../../../api/tasks';
import { useT } from '../../../i18n';

interface DependencySelectProps {
  id?: string;
  value?: string[];
  onChange?: (ids: string[]) => void;
  /** The script that it is about, which is not offered. */
  script: Schemas['Script'];
}

/** Nodes that come before: scripts of the project, and other scheduling tasks. */
export function DependencySelect({ id, value = [], onChange, script }: DependencySelectProps) {
  const t = useT();
  const tree = useCall('GET /scripts:tree', { query: { project: script.project } });
  const tasks = useQuery({
    queryKey: ['GET /tasks', 'names', ''],
    queryFn: ({ signal }) => call('GET /tasks', { query: { pageSize: 1000 } }, signal),
  });
  const scripts = (tree.data?.scripts ?? []).filter((one) => one.id !== script.id);
  // The tasks of scripts are named by their scripts.
  const twins = new Set(
    (tree.data?.scripts ?? []).flatMap(({ devTaskId, prodTaskId }) => [devTaskId, prodTaskId]),
  );
  const others = (tasks.data?.items ?? []).filter((task) => !twins.has(task.id));
  const offered = new Set([...scripts, ...others].map((one) => one.id));
  const missing = value.filter((one) => !offered.has(one));
  const named = useTasks(missing);
  const option = ({ id: one, name }: { id: string; name: string }) => ({ value: one, label: name });
  return (
    <Select
      {...(id && { id })}
      mode="multiple"
      value={value}
      {...(onChange && { onChange })}
      showSearch={{ optionFilterProp: 'label' }}
      loading={tree.isPending || tasks.isPending}
      placeholder={t('schedule.pickNodes')}
      options={[
        { label: t('schedule.scripts'), options: scripts.map(option) },
        {
          label: t('schedule.tasks'),
          options: [
            ...others,
            ...missing.map((one) => ({ id: one, name: named.get(one)?.name ?? one })),
          ].map(option),
        },
      ]}
      style={{ width: '100%' }}
    />
  );
}
