import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select } from 'antd';
import { useT } from '../../i18n';
import { noticeEvents, type TaskValues } from './values';

/** Who is told of failures and of gates that are late. */
export function WebhookFields() {
  const t = useT();
  return (
    <Form.List name="webhooks">
      {(fields, { add, remove }) => (
        <div className="webhooks">
          <h4>{t('webhooks.title')}</h4>
          {fields.map(({ key, name }) => (
            <div key={key} className="webhook">
              <Form.Item
                name={[name, 'url']}
                label={t('webhooks.url')}
                rules={[
                  { required: true, pattern: /^https?:\/\//, message: t('webhooks.urlNeeded') },
                ]}
              >
                <Input placeholder="https://hooks.example.com/tablegate" />
              </Form.Item>
              <Form.Item name={[name, 'events']} label={t('webhooks.events')}>
                <Select
                  mode="multiple"
                  options={noticeEvents.map((event) => ({
                    value: event,
                    label: t(`webhooks.event.${event}`),
                  }))}
                />
              </Form.Item>
              <Button
                icon={<DeleteOutlined aria-hidden />}
                aria-label={t('webhooks.remove')}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Button
            icon={<PlusOutlined aria-hidden />}
            onClick={() => add({ url: '', events: [...noticeEvents] })}
          >
            {t('webhooks.add')}
          </Button>
          <Form.Item<TaskValues> name="deadlineMinutes" label={t('webhooks.deadline')}>
            <InputNumber min={1} max={527_000} suffix="min" />
          </Form.Item>
        </div>
      )}
    </Form.List>
  );
}
