import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { call, type ApiProblem, type Schemas } from '../../../api/client';
import { useAction } from '../../../api/hooks';
import { useT } from '../../../i18n';
import { Dialog } from '../../../ui/dialog';
import { useNarrow } from '../../../ui/media';
import { Answered } from '../../../ui/states';
import { atMost, counted, maxRemarks } from '../rules';
import { Analysis } from './analysis';

interface SubmitDialogProps {
  /** As it is saved. */
  script: Schemas['Script'];
  close: () => void;
}

/** `Submit Remarks`: what has changed, what the checks find, and what became of the submission. */
export function SubmitDialog({ script, close }: SubmitDialogProps) {
  const t = useT();
  const narrow = useNarrow();
  const [submitted, setSubmitted] = useState<Schemas['ScriptSubmission'] | null>(null);
  return (
    <Dialog
      className="submit-dialog"
      title={t('submit.title')}
      width={narrow ? '100%' : 760}
      mask={{ closable: false }}
      onCancel={close}
    >
      {submitted === null ? (
        <SubmitForm script={script} close={close} onSubmitted={setSubmitted} />
      ) : (
        <>
          <Alert
            type="success"
            showIcon
            role="status"
            title={t('submit.done', { version: submitted.version })}
            description={t(
              submitted.script.publishedVersion === submitted.version
                ? 'submit.inProduction'
                : 'submit.publishNext',
            )}
          />
          <Analysis {...submitted} />
          <div className="dialog-foot">
            <Button type="primary" autoFocus onClick={close}>
              {t('act.close')}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

interface SubmitFormProps extends SubmitDialogProps {
  onSubmitted: (submission: Schemas['ScriptSubmission']) => void;
}

function SubmitForm({ script, close, onSubmitted }: SubmitFormProps) {
  const t = useT();
  const params = { id: script.id };
  const submit = useAction('POST /scripts/{id}:submit', ['script', 'task']);
  const check = useQuery<Schemas['ScriptAnalysis'], ApiProblem>({
    queryKey: ['POST /scripts/{id}:check', script.id],
    queryFn: ({ signal }) => call('POST /scripts/{id}:check', { params }, signal),
    gcTime: 0,
  });
  const [problem, setProblem] = useState<string | null>(null);
  const send = async ({ remarks }: { remarks: string }) => {
    setProblem(null);
    try {
      const headers = { 'If-Match': `"${script.version}"` };
      onSubmitted(await submit.mutateAsync({ params, body: { remarks }, headers }));
    } catch (error) {
      const { code, message } = error as ApiProblem;
      setProblem(
        code === 'scriptChecksFailed'
          ? t('submit.refused')
          : code === 'staleVersion'
            ? t('script.changedMeanwhile')
            : message,
      );
      await check.refetch();
    }
  };
  return (
    <Form<{ remarks: string }>
      layout="vertical"
      initialValues={{ remarks: '' }}
      onFinish={(values) => void send(values)}
    >
      <Form.Item name="remarks" label={t('submit.remarks')} rules={[atMost(maxRemarks, t)]}>
        <Input.TextArea
          autoFocus
          autoSize={{ minRows: 2, maxRows: 8 }}
          count={counted(maxRemarks)}
        />
      </Form.Item>
      <Answered of={check} rows={4}>
        {(analysis) => <Analysis {...analysis} />}
      </Answered>
      {script.taskDiffers.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={t('script.putsBack', { names: script.taskDiffers.join(', ') })}
        />
      )}
      {problem && (
        <Alert className="dialog-problem" type="error" showIcon role="alert" title={problem} />
      )}
      <div className="dialog-foot">
        <Button onClick={close}>{t('act.cancel')}</Button>
        <Button type="primary" htmlType="submit" loading={submit.isPending}>
          {t('submit.yes')}
        </Button>
      </div>
    </Form>
  );
}
