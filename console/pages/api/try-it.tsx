import { Alert, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { send, type RawAnswer } from '../../api/client';
import { useT } from '../../i18n';
import { CodeBlock } from '../../ui/copy';
import { useConfirm } from '../../ui/use-do';
import type { ApiCall, Parameter } from './document';

interface Values {
  parameters: Record<string, string>;
  /** Not there where the call takes none. */
  body?: string;
}

/** A form of what the call takes; it is sent in the name of the signed-in user. */
export function TryIt({ call }: { call: ApiCall }) {
  const t = useT();
  const confirm = useConfirm();
  const [answer, setAnswer] = useState<RawAnswer | string | null>(null);
  const [busy, setBusy] = useState(false);
  const act = async (values: Values) => {
    setBusy(true);
    setAnswer(await sendCall(call, values).catch((error: Error) => error.message));
    setBusy(false);
  };
  const ask = (values: Values) => {
    const isExample = call.asksFirst && (values.body ?? call.body) === call.body;
    const isRemoval = call.method === 'DELETE';
    if (!isExample && !isRemoval) return void act(values);
    const { title, summary } = call;
    const text = isRemoval ? t('api.deleteText') : t('api.exampleText', { title, summary });
    confirm({ title: t('api.deleteTitle'), text, yes: t('api.send') }, () => act(values));
  };
  return (
    <>
      <p className="under">{t('api.tryAbout')}</p>
      <Form<Values>
        layout="vertical"
        initialValues={{ parameters: initialOf(call.parameters), body: call.body ?? '' }}
        onFinish={ask}
      >
        {call.parameters.map((parameter) => (
          <Form.Item<Values>
            key={`${parameter.in} ${parameter.name}`}
            name={['parameters', parameter.name]}
            label={<span className="mono">{parameter.name}</span>}
            extra={plain(parameter.description ?? parameter.schema?.description)}
            rules={
              parameter.required
                ? [{ required: true, message: t('api.needed', { name: parameter.name }) }]
                : []
            }
          >
            {fieldOf(parameter)}
          </Form.Item>
        ))}
        {call.body !== null && (
          <Form.Item<Values> name="body" label={t('api.body')}>
            <Input.TextArea className="mono" autoSize={{ minRows: 4, maxRows: 24 }} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('api.send')}
        </Button>
      </Form>
      {typeof answer === 'string' && <Alert type="error" showIcon role="alert" title={answer} />}
      {answer !== null && typeof answer === 'object' && <Answer answer={answer} />}
    </>
  );
}

function Answer({ answer }: { answer: RawAnswer }) {
  const t = useT();
  const { status, ms, headers, text } = answer;
  return (
    <div aria-live="polite" className="call-answer">
      <Alert
        type={status < 300 ? 'success' : 'error'}
        showIcon
        title={t('api.answered', { status, ms })}
      />
      <CodeBlock code={pretty(text)} label={t('api.answer')} />
      <details>
        <summary>{t('api.headers')}</summary>
        <pre className="log">{headers.map(([name, value]) => `${name}: ${value}`).join('\n')}</pre>
      </details>
    </div>
  );
}

function initialOf(parameters: readonly Parameter[]): Record<string, string> {
  return Object.fromEntries(
    parameters.map(({ name, required, schema }) => {
      const given = schema?.const ?? (required ? schema?.enum?.[0] : undefined);
      return [name, given ?? ''];
    }),
  );
}

/** Headers that credentials go in are not shown. */
const secrets = new Set(['auth-value', 'X-Auth-Token']);

function fieldOf({ name, schema, required }: Parameter) {
  if (secrets.has(name)) return <Input.Password autoComplete="off" />;
  if (!schema?.enum) return <Input autoComplete="off" />;
  const options = schema.enum.map((value) => ({ value, label: value }));
  return <Select options={options} allowClear={!required} />;
}

function sendCall(call: ApiCall, { parameters: values, body }: Values): Promise<RawAnswer> {
  const given = call.parameters.filter(({ name }) => (values[name] ?? '') !== '');
  const path = call.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
  const pairs = (where: Parameter['in']) =>
    given.filter((parameter) => parameter.in === where).map(({ name }) => [name, values[name]!]);
  const search = new URLSearchParams(pairs('query')).toString();
  const headers = { ...call.headers, ...Object.fromEntries(pairs('header')) };
  const isEmpty = body === undefined || body.trim() === '';
  return send(call.method, path + (search && `?${search}`), {
    headers,
    ...(!isEmpty && { json: body }),
  });
}

function pretty(text: string): string {
  try {
    // Whole numbers of 64 bits are not those of the browser: such an answer is shown as it came.
    if (/:\s*\d{16,}/.test(text)) return text;
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The document's texts have marks for code, which are for who reads it as it is. */
function plain(text: string | undefined): string | undefined {
  return text?.replaceAll('`', '');
}
