import { Form, Input, InputNumber, Select } from 'antd';
import { useT } from '../../i18n';
import { hasPath } from './kinds';

interface ConfigFieldsProps {
  kind: string;
  /** True: a secret that is left out stays as it is. */
  isEdit: boolean;
}

/** Where the data of a connection lie: the fields of its kind. */
export function ConfigFields({ kind, isEdit }: ConfigFieldsProps) {
  const t = useT();
  if (!hasPath(kind)) return <ServerFields kind={kind} isEdit={isEdit} />;
  return (
    <Form.Item
      name={['config', 'path']}
      label={t('connection.path')}
      required
      rules={[{ required: true, message: t('connection.needed') }]}
      extra={t(`connection.hint.${kind}`)}
    >
      <Input className="mono" />
    </Form.Item>
  );
}

const sslModes = ['off', 'require', 'verify'] as const;

/** A database of a server. The rest of what its config takes is set by the API. */
function ServerFields({ kind, isEdit }: ConfigFieldsProps) {
  const t = useT();
  const needed = [{ required: true, message: t('connection.isNeeded') }];
  return (
    <>
      <div className="two-columns">
        <Form.Item name={['config', 'host']} label={t('connection.host')} required rules={needed}>
          <Input className="mono" />
        </Form.Item>
        <Form.Item name={['config', 'port']} label={t('connection.port')}>
          <InputNumber
            min={1}
            max={65_535}
            precision={0}
            placeholder={kind === 'mysql' ? '3306' : '5432'}
            style={{ width: '100%' }}
          />
        </Form.Item>
        <Form.Item
          name={['config', 'database']}
          label={t('connection.database')}
          required
          rules={needed}
        >
          <Input className="mono" />
        </Form.Item>
        <Form.Item name={['config', 'ssl']} label={t('connection.ssl')} initialValue="off">
          <Select
            options={sslModes.map((mode) => ({ value: mode, label: t(`connection.ssl.${mode}`) }))}
          />
        </Form.Item>
        <Form.Item name={['config', 'user']} label={t('connection.user')} required rules={needed}>
          <Input className="mono" autoComplete="off" />
        </Form.Item>
        <Form.Item
          name={['config', 'password']}
          label={t('connection.password')}
          {...(isEdit && { extra: t('connection.passwordKept') })}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </div>
      <Form.Item name={['config', 'sslCa']} label={t('connection.sslCa')}>
        <Input.TextArea
          className="mono"
          autoSize={{ minRows: 1, maxRows: 6 }}
          placeholder="-----BEGIN CERTIFICATE-----"
        />
      </Form.Item>
    </>
  );
}
