import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Form, Select, type FormInstance } from 'antd';
import { useState } from 'react';
import type { ApiProblem, Body, Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { readAll } from '../../ui/paged';
import { ConnectionDialog } from '../connections/dialog';
import { kindLabel, kinds } from '../connections/kinds';
import { PermissionHint } from './permission-hint';

type Connection = Schemas['Connection'];
export type Side = 'source' | 'target';

type Input = Body<'POST /scripts'>;

/** What stands in the fields of the dialog. */
export interface CreateValues {
  name: string;
  scheduleType: Input['scheduleType'];
  description: string;
  directory: string;
  sourceType: string | null;
  source: string | null;
  targetType: string | null;
  target: string | null;
}

const sides: readonly Side[] = ['source', 'target'];

/** Source and target: the type of each, and one that the person may read, or write. */
export function DatasourceFields({ form }: { form: FormInstance<CreateValues> }) {
  const t = useT();
  const [made, setMade] = useState<Side | null>(null);
  const { data = [] } = useQuery<Connection[], ApiProblem>({
    queryKey: ['GET /connections', 'all'],
    queryFn: () => readAll('GET /connections', {}),
  });
  const take = ({ name, type }: Connection) => {
    if (made === null) return;
    form.setFieldsValue(
      made === 'source' ? { sourceType: type, source: name } : { targetType: type, target: name },
    );
    void form.validateFields([`${made}Type`, made]);
  };
  return (
    <>
      <fieldset className="form-area">
        <legend>{t('create.datasources')}</legend>
        <div className="two-columns">
          {sides.map((side) => (
            <SideFields
              key={side}
              side={side}
              form={form}
              connections={data}
              onNew={() => setMade(side)}
            />
          ))}
        </div>
      </fieldset>
      {made && (
        <ConnectionDialog
          connection={null}
          {...kindGiven(form.getFieldValue(`${made}Type`) as string | null)}
          onSaved={take}
          close={() => setMade(null)}
        />
      )}
    </>
  );
}

const kindGiven = (kind: string | null) => (kind === null ? {} : { kind });

interface SideFieldsProps {
  side: Side;
  form: FormInstance<CreateValues>;
  connections: readonly Connection[];
  onNew: () => void;
}

function SideFields({ side, form, connections, onNew }: SideFieldsProps) {
  const t = useT();
  const kind = Form.useWatch(`${side}Type`, form) as string | null | undefined;
  const ofKind = connections.filter(({ type }) => type === kind);
  const open = ofKind.filter((one) => (side === 'source' ? one.mayRead : one.mayWrite));
  const closed = ofKind.filter((one) => !open.includes(one));
  return (
    <div>
      <Form.Item<CreateValues>
        name={`${side}Type`}
        label={t(`create.${side}Type`)}
        required
        rules={[{ required: true, message: t('create.typeNeeded') }]}
      >
        <Select
          placeholder={t('create.typeNeeded')}
          onChange={() => form.setFieldValue(side, null)}
          options={kinds.map((one) => ({ value: one, label: kindLabel(one, t) }))}
        />
      </Form.Item>
      <Form.Item<CreateValues>
        name={side}
        label={t('create.datasource')}
        required
        rules={[{ required: true, message: t('create.datasourceNeeded') }]}
        extra={<PermissionHint side={side} closed={kind ? closed : []} />}
      >
        <DatasourceSelect side={side} offered={open.map(({ name }) => name)} onNew={onNew} />
      </Form.Item>
    </div>
  );
}

interface DatasourceSelectProps {
  id?: string;
  value?: string | null;
  onChange?: (name: string) => void;
  side: Side;
  offered: readonly string[];
  onNew: () => void;
}

function DatasourceSelect({ id, value, onChange, side, offered, onNew }: DatasourceSelectProps) {
  const t = useT();
  return (
    <div className="with-new">
      <Select
        {...(id && { id })}
        value={value ?? null}
        {...(onChange && { onChange })}
        showSearch
        placeholder={t('create.datasourceNeeded')}
        notFoundContent={t('create.noDatasource')}
        options={offered.map((name) => ({ value: name, label: name }))}
      />
      <ActionButton
        needs="developer"
        icon={<PlusOutlined aria-hidden />}
        aria-label={t(side === 'source' ? 'create.newSource' : 'create.newTarget')}
        onClick={onNew}
      >
        {t('act.new')}
      </ActionButton>
    </div>
  );
}
