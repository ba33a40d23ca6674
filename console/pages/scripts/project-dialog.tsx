import { Button, Form, Input, Radio } from 'antd';
import type { ApiProblem, Body } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useT } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { choosePlace } from './place';

type Values = Body<'POST /projects'>;

const modes = ['Basic', 'DevProd'] as const;

/** Makes a project, and goes there. */
export function ProjectDialog({ close }: { close: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Values>();
  const create = useAction('POST /projects', ['script']);
  const send = async (values: Values) => {
    try {
      const { id } = await create.mutateAsync({ body: values });
      choosePlace({ project: id, environment: null });
      close();
    } catch (error) {
      const { message, fields } = error as ApiProblem;
      form.setFields([{ name: 'name', errors: [fields[0]?.message ?? message] }]);
    }
  };
  return (
    <Dialog title={t('project.new')} onCancel={close}>
      <Form<Values>
        form={form}
        name="project"
        layout="vertical"
        initialValues={{ name: '', mode: 'Basic' }}
        onFinish={(values) => void send(values)}
      >
        <Form.Item<Values>
          name="name"
          label={t('project.name')}
          required
          rules={[{ required: true, whitespace: true, message: t('project.nameNeeded') }]}
        >
          <Input autoFocus maxLength={255} />
        </Form.Item>
        <Form.Item<Values> name="mode" label={t('project.mode')}>
          <Radio.Group className="stacked">
            {modes.map((mode) => (
              <Radio key={mode} value={mode}>
                {t(`project.mode.${mode}`)}
                <span className="under">{t(`project.modeMore.${mode}`)}</span>
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        <div className="dialog-foot">
          <Button onClick={close}>{t('act.cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={create.isPending}>
            {t('act.ok')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
