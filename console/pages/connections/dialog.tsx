import { Alert, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { ApiProblem, Schemas } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useT } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { kindLabel, kinds } from './kinds';
import { serverDefaults, ServerFields } from './server-fields';

interface Values {
  name: string;
  type: string;
  config: Record<string, unknown>;
}

/** Settings as they are sent: a field that is left empty is not there. */
function sent(config: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(config).filter(([, value]) => (value ?? '') !== '');
  return Object.fromEntries(given);
}

type Outcome = { ok: boolean; message: string | null };

interface ConnectionDialogProps {
  connection: Schemas['Connection'] | null;
  /** That of a new one, at first. */
  kind?: string;
  onSaved?: (connection: Schemas['Connection']) => void;
  close: () => void;
}

/** Adds or changes a connection; it can be tried before it is saved. */
export function ConnectionDialog({ connection, kind, onSaved, close }: ConnectionDialogProps) {
  const t = useT();
  const [form] = Form.useForm<Values>();
  const create = useAction('POST /connections', ['connection']);
  const replace = useAction('PUT /connections/{name}', ['connection']);
  const tryOut = useAction('POST /connections:test');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const firstKind = kind ?? 'files';
  const type = Form.useWatch('type', form) ?? connection?.type ?? firstKind;

  const refuse = (error: unknown) => {
    const problem = error as ApiProblem;
    const fields = problem.fields.map(({ path, message }) => ({
      name: path.split('.') as never,
      errors: [message],
    }));
    form.setFields(fields);
    // What stands beside its field is not said twice.
    if (fields.length === 0) setOutcome({ ok: false, message: problem.message });
  };
  const begin = (chosen: string | undefined) => {
    if (chosen === undefined) return;
    const saved = chosen === connection?.type ? connection.config : null;
    form.setFieldValue('config', saved ?? serverDefaults[chosen] ?? {});
  };
  const save = async ({ name, type: chosen, config }: Values) => {
    const rest = { type: chosen, config: sent(config) };
    try {
      const saved =
        connection === null
          ? await create.mutateAsync({ body: { name, ...rest } })
          : await replace.mutateAsync({ params: { name: connection.name }, body: rest });
      onSaved?.(saved);
      close();
    } catch (error) {
      refuse(error);
    }
  };
  const test = async () => {
    setOutcome(null);
    const { type: tried, config } = await form.validateFields(['type', 'config'], {
      recursive: true,
    });
    try {
      const saved = connection === null ? {} : { name: connection.name };
      setOutcome(
        await tryOut.mutateAsync({ body: { ...saved, type: tried, config: sent(config) } }),
      );
    } catch (error) {
      refuse(error);
    }
  };
  return (
    <Dialog
      title={
        connection === null ? t('connection.new') : t('connection.edit', { name: connection.name })
      }
      onCancel={close}
    >
      <Form<Values>
        form={form}
        // Its fields have names of their own, as it may lie above another form.
        name="connection"
        layout="vertical"
        initialValues={
          connection ?? { name: '', type: firstKind, config: serverDefaults[firstKind] ?? {} }
        }
        onValuesChange={(changed: Partial<Values>) => {
          setOutcome(null);
          begin(changed.type);
        }}
        onFinish={(values) => void save(values)}
      >
        <Form.Item<Values>
          name="name"
          label={t('connection.name')}
          required
          rules={[{ required: true, pattern: /^[\w-]{1,63}$/, message: t('connection.nameRule') }]}
        >
          <Input autoFocus disabled={connection !== null} placeholder="crm" />
        </Form.Item>
        <Form.Item<Values> name="type" label={t('connection.type')} required>
          <Select options={kinds.map((one) => ({ value: one, label: kindLabel(one, t) }))} />
        </Form.Item>
        {type in serverDefaults ? (
          <ServerFields type={type} isSaved={connection?.type === type} />
        ) : (
          <Form.Item
            name={['config', 'path']}
            label={t('connection.path')}
            required
            rules={[{ required: true, message: t('connection.needed') }]}
            extra={t(`connection.hint.${type === 'duckdb' ? 'duckdb' : 'files'}`)}
          >
            <Input className="mono" />
          </Form.Item>
        )}
        {outcome && (
          <Alert
            role="alert"
            showIcon
            type={outcome.ok ? 'success' : 'error'}
            title={t(outcome.ok ? 'connection.works' : 'problem.connectionFailed')}
            {...(!outcome.ok && outcome.message && { description: outcome.message })}
          />
        )}
        <div className="dialog-foot">
          <Button onClick={() => void test().catch(() => undefined)} loading={tryOut.isPending}>
            {t('connection.test')}
          </Button>
          <Button onClick={close}>{t('act.cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={create.isPending || replace.isPending}>
            {t('act.save')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
