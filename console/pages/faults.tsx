import { Button, Result } from 'antd';
import { useEffect, useRef } from 'react';
import { Link, useOutletContext, useRouteError } from 'react-router';
import type { LiveState } from '../api/live';
import { useT } from '../i18n';
import { Page } from '../ui/page';

export function NotFound() {
  const t = useT();
  return (
    <Page title={t('state.notFound')}>
      <Result
        status="404"
        subTitle={t('state.noSuchPage')}
        extra={<Link to="/tasks">{t('nav.tasks')}</Link>}
      />
    </Page>
  );
}

/** What the browsers say where a part of the console could not be fetched. */
const notFetched = /dynamically imported module|importing a module script/i;

/**
 * A fault of the console itself, or a part of it that could not be loaded: that one is fetched anew
 * once the server is reached again.
 */
export function PageFault() {
  const t = useT();
  const error = useRouteError();
  const live = useOutletContext<LiveState | undefined>();
  const before = useRef(live);
  const text = error instanceof Error ? error.message : String(error);
  const isUnreached = live === 'offline' && notFetched.test(text);
  useEffect(() => {
    const isBack = live === 'live' && before.current === 'offline';
    before.current = live;
    if (isBack && notFetched.test(text)) window.location.reload();
  }, [live, text]);
  return (
    <div role="alert">
      <Result
        status={isUnreached ? 'warning' : 'error'}
        title={<h1 className="state-title">{t(isUnreached ? 'state.offline' : 'state.fault')}</h1>}
        subTitle={isUnreached ? t('state.notLoaded') : text}
        extra={<Button onClick={() => window.location.reload()}>{t('act.reload')}</Button>}
      />
    </div>
  );
}
