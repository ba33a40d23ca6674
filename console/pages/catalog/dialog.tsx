import { App, AutoComplete, Button, Checkbox, Form, Input, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ApiProblem } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { CycleEditor } from '../../ui/cycle-editor';
import { Dialog } from '../../ui/dialog';
import { useNarrow } from '../../ui/media';
import { readAll } from '../../ui/paged';
import { ProblemAlert } from '../../ui/problem-alert';
import { RoleNeeded } from '../../ui/role-needed';
import { useUnsavedGuard } from '../../ui/unsaved-guard';
import { bodyOf, newTask, type Cycle } from '../task-dialog/values';

interface Values {
  name: string;
  connection: string;
  databases: string[];
  tables: string[];
  filterByRegex: boolean;
  aliveObjectPolicy: string;
  deletedObjectPolicy: string;
  profile: boolean;
  profileMode: 'fast' | 'exact';
  classify: boolean;
  frequency: 'manual' | 'hourly' | 'daily';
  cycle: Cycle;
  runNow: boolean;
}

const initial: Values = {
  ...{ name: '', connection: '', databases: [], tables: [], filterByRegex: false },
  ...{ aliveObjectPolicy: '3', deletedObjectPolicy: '3', profile: true, profileMode: 'fast' },
  ...{ classify: true, frequency: 'daily', cycle: newTask.cycle, runNow: true },
};

/** A new collection task. */
export function CollectionDialog() {
  const t = useT();
  const navigate = useNavigate();
  const narrow = useNarrow();
  return (
    <Dialog
      className="task-dialog"
      title={t('catalog.newTask')}
      width={narrow ? '100%' : 760}
      mask={{ closable: false }}
      onCancel={() => void navigate('/catalog')}
    >
      <CollectionForm />
    </Dialog>
  );
}

/** Which field of the dialog a path of the API's refusal belongs to. */
function fieldOf(path: string): keyof Values | null {
  if (path === 'name') return 'name';
  if (path.startsWith('recurrence')) return 'cycle';
  const config = /^job\.config\.(connection|databases|tables)/.exec(path)?.[1];
  return (config as keyof Values | undefined) ?? null;
}

function useSave() {
  const t = useT();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const create = useAction('POST /tasks', ['task']);
  const start = useAction('POST /tasks/{id}/runs', ['run']);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [saved, setSaved] = useState(false);
  const save = async (values: Values): Promise<{ name: keyof Values; errors: string[] }[]> => {
    setProblem(null);
    const { name, frequency, cycle, runNow, ...config } = values;
    const body = bodyOf({
      ...{ ...newTask, name, frequency, cycle, tables: [] },
      ...{ jobType: 'metadata-collection', config: JSON.stringify(config) },
    });
    try {
      const { id } = await create.mutateAsync({ body });
      setSaved(true);
      message.success({ key: 'saved', content: t('task.saved', { name: body.name }) });
      if (runNow) await start.mutateAsync({ params: { id } });
      await navigate(`/tasks/${id}/records`);
      return [];
    } catch (error) {
      setProblem(error as ApiProblem);
      return (error as ApiProblem).fields.flatMap(({ path, message: what }) => {
        const field = fieldOf(path);
        return field === null ? [] : [{ name: field, errors: [what] }];
      });
    }
  };
  return { save, saved, problem, busy: create.isPending || start.isPending };
}

function CollectionForm() {
  const t = useT();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { save, saved, problem, busy } = useSave();
  useUnsavedGuard(dirty && !saved);
  const values = { ...initial, ...Form.useWatch((all: Values) => all, form) };
  const may = useMay('developer');
  return (
    <Form<Values>
      disabled={!may}
      form={form}
      layout="vertical"
      initialValues={initial}
      onValuesChange={() => setDirty(true)}
      onFinish={() =>
        void save(form.getFieldsValue(true) as Values).then((fields) => form.setFields(fields))
      }
      scrollToFirstError
    >
      {!may && <RoleNeeded role="developer" />}
      <Form.Item<Values>
        name="name"
        label={t('task.name')}
        required
        rules={[{ required: true, whitespace: true, message: t('task.nameNeeded') }]}
      >
        <Input autoFocus maxLength={255} placeholder={t('catalog.nameExample')} />
      </Form.Item>
      <WhatFields connection={values.connection} filterByRegex={values.filterByRegex} />
      <HowFields profiles={values.profile} />
      <Form.Item<Values> name="frequency" label={t('task.frequency')} required>
        <Select
          options={(['manual', 'hourly', 'daily'] as const).map((one) => ({
            value: one,
            label: t(`frequency.${one}`),
          }))}
        />
      </Form.Item>
      {values.frequency !== 'manual' && (
        <Form.Item<Values> name="cycle" label={t('cycle.title')} required>
          <CycleEditor
            timezone={undefined}
            modes={values.frequency === 'hourly' ? ['hour'] : ['day', 'cron']}
          />
        </Form.Item>
      )}
      <Form.Item<Values> name="runNow" valuePropName="checked">
        <Checkbox>{t('catalog.runNow')}</Checkbox>
      </Form.Item>
      {problem && <ProblemAlert problem={problem} />}
      <div className="dialog-foot">
        <Button onClick={() => void navigate('/catalog')} disabled={false}>
          {t('act.cancel')}
        </Button>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('act.save')}
        </Button>
      </div>
    </Form>
  );
}

/** Which tables: of which connection, in which databases, of which names. */
function WhatFields({ connection, filterByRegex }: { connection: string; filterByRegex: boolean }) {
  const t = useT();
  const connections = useQuery({
    queryKey: ['GET /connections', 'names'],
    queryFn: async () => (await readAll('GET /connections', {})).map(({ name }) => name),
  });
  const isKnown = connections.data?.includes(connection) ?? false;
  const tables = useQuery({
    queryKey: ['GET /connections/{name}/tables', connection, 'names'],
    enabled: isKnown,
    retry: false,
    queryFn: async () => {
      const all = await readAll('GET /connections/{name}/tables', { params: { name: connection } });
      return all.map(({ name }) => name.slice(connection.length + 1));
    },
  });
  const databases = [...new Set((tables.data ?? []).map((name) => name.split('.')[0] ?? ''))];
  return (
    <>
      <Form.Item<Values>
        name="connection"
        label={t('nav.connection')}
        required
        rules={[{ required: true, whitespace: true, message: t('catalog.connectionNeeded') }]}
      >
        <AutoComplete options={(connections.data ?? []).map((name) => ({ value: name }))} />
      </Form.Item>
      <Form.Item<Values>
        name="databases"
        label={t('catalog.databases')}
        extra={t('catalog.databasesMore')}
      >
        <Select mode="tags" options={databases.map((name) => ({ value: name, label: name }))} />
      </Form.Item>
      <Form.Item<Values>
        name="tables"
        label={t('tables.title')}
        extra={t(filterByRegex ? 'catalog.patternsMore' : 'catalog.tablesMore')}
      >
        <Select
          mode="tags"
          options={
            filterByRegex ? [] : (tables.data ?? []).map((name) => ({ value: name, label: name }))
          }
        />
      </Form.Item>
      <Form.Item<Values> name="filterByRegex" valuePropName="checked">
        <Checkbox>{t('catalog.byRegex')}</Checkbox>
      </Form.Item>
    </>
  );
}

/** What is done with what is found. */
function HowFields({ profiles }: { profiles: boolean }) {
  const t = useT();
  const policies = (of: 'alive' | 'gone') =>
    (['3', '1', '2'] as const).map((value) => ({ value, label: t(`catalog.${of}.${value}`) }));
  return (
    <>
      <div className="two-columns">
        <Form.Item<Values> name="aliveObjectPolicy" label={t('catalog.alive')}>
          <Select options={policies('alive')} />
        </Form.Item>
        <Form.Item<Values> name="deletedObjectPolicy" label={t('catalog.gone')}>
          <Select options={policies('gone')} />
        </Form.Item>
      </div>
      <Form.Item<Values> name="profile" valuePropName="checked">
        <Checkbox>{t('catalog.profile')}</Checkbox>
      </Form.Item>
      {profiles && (
        <Form.Item<Values> name="profileMode" label={t('catalog.profileMode')}>
          <Select
            options={(['fast', 'exact'] as const).map((mode) => ({
              value: mode,
              label: t(`catalog.profileMode.${mode}`),
            }))}
          />
        </Form.Item>
      )}
      <Form.Item<Values> name="classify" valuePropName="checked">
        <Checkbox>{t('catalog.classify')}</Checkbox>
      </Form.Item>
    </>
  );
}
