import { Alert, Button, Checkbox, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { ApiProblem, Schemas } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useT } from '../../i18n';
import { Dialog } from '../../ui/dialog';

type User = Schemas['User'];
type Values = Pick<User, 'name' | 'role' | 'identityTriggers'> & { account: string };

const roles = ['viewer', 'operator', 'developer', 'admin'] as const;

/** @param user null: a new one */
export function UserDialog({ user, close }: { user: User | null; close: () => void }) {
  const t = useT();
  const create = useAction('POST /users', ['user']);
  const change = useAction('PATCH /users/{id}', ['user']);
  const [form] = Form.useForm<Values>();
  const [problem, setProblem] = useState<string | null>(null);
  const save = async ({ account, ...values }: Values) => {
    const body = { ...values, account: account.trim() || null };
    try {
      await (user === null
        ? create.mutateAsync({ body })
        : change.mutateAsync({ params: { id: user.id }, body }));
      close();
    } catch (error) {
      const { message, fields } = error as ApiProblem;
      form.setFields(
        fields.map(({ path, message: why }) => ({ name: path as keyof Values, errors: [why] })),
      );
      setProblem(message);
    }
  };
  return (
    <Dialog
      title={user === null ? t('users.new') : t('users.edit', { name: user.name })}
      onCancel={close}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{
          ...{ name: user?.name ?? '', role: user?.role ?? 'viewer' },
          ...{ account: user?.account ?? '', identityTriggers: user?.identityTriggers ?? false },
        }}
        onFinish={(values) => void save(values)}
      >
        <Form.Item<Values>
          name="name"
          label={t('users.name')}
          rules={[{ required: true, whitespace: true, message: t('keys.nameNeeded') }]}
        >
          <Input autoFocus />
        </Form.Item>
        <Form.Item<Values> name="role" label={t('users.role')} extra={t('users.roleMore')}>
          <Select options={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))} />
        </Form.Item>
        <Form.Item<Values> name="account" label={t('users.account')} extra={t('users.accountMore')}>
          <Input maxLength={32} />
        </Form.Item>
        <Form.Item<Values>
          name="identityTriggers"
          valuePropName="checked"
          extra={t('users.identityTriggersMore')}
        >
          <Checkbox>{t('users.identityTriggers')}</Checkbox>
        </Form.Item>
        {problem && <Alert type="error" showIcon role="alert" title={problem} />}
        <div className="dialog-foot">
          <Button onClick={close}>{t('act.cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={create.isPending || change.isPending}>
            {t('act.save')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
