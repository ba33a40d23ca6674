import { Collapse, Form, Input, InputNumber, Select } from 'antd';
import { useT, type MessageKey } from '../../i18n';

/** What a new connection to a server of each kind begins with. */
export const serverDefaults: Record<string, Record<string, unknown>> = {
  postgres: { port: 5432, ssl: 'off', ...limits() },
  mysql: { port: 3306, ssl: 'off', ...limits() },
};

const sslModes = ['off', 'require', 'verify'] as const;

function limits() {
  return { connectTimeoutSeconds: 10, statementTimeoutSeconds: 3600, maxConnections: 10 };
}

/** The bounds of a connection to a server; shown on demand, sent always. */
const bounds = [
  { field: 'connectTimeoutSeconds', label: 'connection.connectTimeout', max: 60, suffix: 's' },
  {
    field: 'statementTimeoutSeconds',
    label: 'connection.statementTimeout',
    max: 604_800,
    suffix: 's',
  },
  { field: 'maxConnections', label: 'connection.maxConnections', max: 50, suffix: null },
] as const satisfies { field: string; label: MessageKey; max: number; suffix: string | null }[];

/** @param isSaved a password is kept already: it is never shown, and stays where none is typed */
export function ServerFields({ type, isSaved }: { type: string; isSaved: boolean }) {
  const t = useT();
  const ssl = Form.useWatch<unknown>(['config', 'ssl']);
  const needed = [{ required: true, message: t('connection.fieldNeeded') }];
  return (
    <>
      <div className="field-row">
        <Form.Item name={['config', 'host']} label={t('connection.host')} required rules={needed}>
          <Input className="mono" placeholder="db.example.com" autoComplete="off" />
        </Form.Item>
        <Form.Item name={['config', 'port']} label={t('connection.port')} required rules={needed}>
          <InputNumber min={1} max={65_535} precision={0} />
        </Form.Item>
      </div>
      <Form.Item
        name={['config', 'database']}
        label={t('connection.database')}
        required
        rules={needed}
        extra={t(`connection.databaseHint.${type === 'mysql' ? 'mysql' : 'postgres'}`)}
      >
        <Input className="mono" autoComplete="off" />
      </Form.Item>
      <Form.Item name={['config', 'user']} label={t('connection.user')} required rules={needed}>
        <Input className="mono" autoComplete="off" />
      </Form.Item>
      <Form.Item
        name={['config', 'password']}
        label={t('connection.password')}
        extra={isSaved ? t('connection.passwordKept') : t('connection.passwordHint')}
      >
        <Input.Password
          className="mono"
          autoComplete="new-password"
          placeholder={isSaved ? '••••••••' : ''}
        />
      </Form.Item>
      <Form.Item name={['config', 'ssl']} label={t('connection.ssl')}>
        <Select options={sslModes.map((mode) => ({ value: mode, label: t(`ssl.${mode}`) }))} />
      </Form.Item>
      {ssl === 'verify' && (
        <Form.Item
          name={['config', 'sslCa']}
          label={t('connection.sslCa')}
          extra={t('connection.sslCaHint')}
        >
          <Input.TextArea
            className="mono"
            rows={4}
            placeholder="-----BEGIN CERTIFICATE-----"
            spellCheck={false}
          />
        </Form.Item>
      )}
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: 'bounds',
            label: t('connection.bounds'),
            forceRender: true,
            children: bounds.map(({ field, label, max, suffix }) => (
              <Form.Item key={field} name={['config', field]} label={t(label)} rules={needed}>
                <InputNumber min={1} max={max} precision={0} suffix={suffix} />
              </Form.Item>
            )),
          },
        ]}
      />
    </>
  );
}
