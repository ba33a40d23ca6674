import { AutoComplete, Form, Input, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { readAll } from '../../ui/paged';
import type { TaskValues } from './values';

/** True where tables of the job need an ID mapping; so it is while the types are not known yet. */
export function useNeedsIdMapping(jobType: string): boolean {
  const { data } = useCall('GET /job-types', {});
  return data?.items.find(({ type }) => type === jobType)?.needsIdMapping ?? true;
}

/** What a run does, and where its result goes. */
export function JobFields({ jobType }: { jobType: string }) {
  const t = useT();
  const types = useCall('GET /job-types', {});
  const connections = useQuery({
    queryKey: ['GET /connections', 'names'],
    queryFn: async () => (await readAll('GET /connections', {})).map(({ name }) => name),
  });
  return (
    <>
      <Form.Item<TaskValues> name="jobType" label={t('job.type')}>
        <Select
          loading={types.isPending}
          options={types.data?.items.map(({ type, title }) => ({ value: type, label: title }))}
        />
      </Form.Item>
      {jobType === 'id-mapping' && (
        <div className="two-columns">
          <Form.Item<TaskValues> name="analysisSource" label={t('job.analysisSource')}>
            <AutoComplete
              placeholder="analysis"
              options={connections.data?.map((name) => ({ value: name })) ?? []}
            />
          </Form.Item>
          <Form.Item<TaskValues> name="output" label={t('job.output')}>
            <Input placeholder="main.id_mapping_…" />
          </Form.Item>
          <Form.Item<TaskValues>
            name="phoneRegion"
            label={t('job.phoneRegion')}
            extra={t('job.phoneRegionMore')}
            rules={[{ pattern: /^\s*[A-Za-z]{2}\s*$/, message: t('job.phoneRegionRule') }]}
          >
            <Input placeholder="CN" />
          </Form.Item>
        </div>
      )}
      <Form.Item<TaskValues>
        name="config"
        label={t('job.config')}
        extra={t('job.configMore')}
        rules={[{ validator: (_, text: string) => requireJsonObject(text, t('job.notJson')) }]}
      >
        <Input.TextArea className="mono" autoSize={{ minRows: 2, maxRows: 12 }} placeholder="{ }" />
      </Form.Item>
    </>
  );
}

function requireJsonObject(text: string, message: string): Promise<void> {
  if (!text?.trim()) return Promise.resolve();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Promise.resolve();
  } catch {
    // Said below, as for JSON that is no object.
  }
  return Promise.reject(new Error(message));
}
