import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { ApiProblem } from '../../api/client';
import { useT } from '../../i18n';
import { CodeBlock } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { ProblemAlert } from '../../ui/problem-alert';

/** What of a new credential is shown, with its name. */
export type Shown = readonly { label: string; text: string | null }[];

interface NewCredentialProps {
  /** What is made, as in `New key`; both the button and the dialog say it. */
  title: string;
  /** Says of the new one what its user may do. */
  about: string;
  make: (name: string) => Promise<Shown>;
}

/** A button, and the dialog that makes a credential and shows it this once. */
export function NewCredential(props: NewCredentialProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {props.title}
      </Button>
      {open && <CredentialDialog {...props} close={() => setOpen(false)} />}
    </>
  );
}

function CredentialDialog({
  title,
  about,
  make,
  close,
}: NewCredentialProps & { close: () => void }) {
  const t = useT();
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async ({ name }: { name: string }) => {
    setBusy(true);
    try {
      setShown(await make(name));
    } catch (error) {
      setProblem(error as ApiProblem);
    }
    setBusy(false);
  };
  return (
    <Dialog title={title} onCancel={close} mask={{ closable: shown === null }}>
      {shown ? (
        <>
          <Alert type="success" showIcon title={t('keys.made')} description={t('keys.once')} />
          {shown.map(({ label, text }) => (
            <div key={label}>
              <h3>{label}</h3>
              <CodeBlock code={text ?? ''} label={label} />
            </div>
          ))}
          <div className="dialog-foot">
            <Button type="primary" onClick={close}>
              {t('act.close')}
            </Button>
          </div>
        </>
      ) : (
        <Form<{ name: string }>
          layout="vertical"
          initialValues={{ name: '' }}
          onFinish={(values) => void save(values)}
        >
          <Form.Item
            name="name"
            label={t('keys.name')}
            extra={about}
            rules={[{ required: true, whitespace: true, message: t('keys.nameNeeded') }]}
          >
            <Input autoFocus placeholder={t('keys.nameExample')} />
          </Form.Item>
          {problem && <ProblemAlert problem={problem} />}
          <div className="dialog-foot">
            <Button onClick={close}>{t('act.cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t('keys.create')}
            </Button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}
