import { Alert, Button, Input, Skeleton } from 'antd';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { ApiProblem } from '../api/client';
import { signIn, useSessionChange } from '../api/session';
import { useT, type Translate } from '../i18n';

/** The code of a start-up link, which signs in once. It leaves the address at once. */
function takeCode(): string | null {
  const here = new URL(window.location.href);
  const code = here.searchParams.get('code');
  if (here.pathname !== '/sign-in' || code === null) return null;
  window.history.replaceState(null, '', '/sign-in');
  return code;
}

/** @param ended true: the session of who was here has ended by itself */
export function SignInPage({ ended }: { ended: boolean }) {
  const t = useT();
  const { enter } = useSessionChange();
  const [code] = useState(takeCode);
  const tried = useRef(false);
  const [trying, setTrying] = useState(code !== null);
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  const attempt = async (credential: Parameters<typeof signIn>[0]) => {
    setTrying(true);
    setProblem(null);
    try {
      enter(await signIn(credential));
    } catch (error) {
      setProblem(whyNot(error, 'code' in credential, t));
      setTrying(false);
    }
  };
  useEffect(() => {
    if (code === null || tried.current) return;
    tried.current = true;
    void attempt({ code });
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (key.trim() === '') setProblem(t('signIn.keyNeeded'));
    else void attempt({ key: key.trim() });
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit} className="panel" noValidate>
        <img src="/logo.svg" alt="" width={44} height={44} />
        <h1>{t('signIn.title')}</h1>
        {trying && code !== null && problem === null ? (
          <Skeleton active paragraph={{ rows: 2 }} title={false} />
        ) : (
          <>
            <p className="about">{t('signIn.about')}</p>
            {ended && <Alert type="info" showIcon title={t('signIn.ended')} role="status" />}
            <label htmlFor="key">{t('signIn.key')}</label>
            <Input.Password
              id="key"
              size="large"
              autoFocus
              autoComplete="current-password"
              value={key}
              onChange={(event) => setKey(event.target.value)}
              {...(problem && { status: 'error', 'aria-describedby': 'key-problem' })}
            />
            {problem && (
              <Alert id="key-problem" type="error" showIcon title={problem} role="alert" />
            )}
            <Button type="primary" htmlType="submit" size="large" block loading={trying}>
              {t('signIn.submit')}
            </Button>
            <p className="about small">{t('signIn.where')}</p>
          </>
        )}
      </form>
    </main>
  );
}

function whyNot(error: unknown, byLink: boolean, t: Translate): string {
  if (error instanceof ApiProblem && error.status === 401) {
    return t(byLink ? 'signIn.linkUsed' : 'signIn.wrongKey');
  }
  return (error as Error).message;
}
