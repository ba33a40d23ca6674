import { Button, Result } from 'antd';
import { Link, useRouteError } from 'react-router';
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

/** A fault of the console itself, or a part of it that could not be loaded. */
export function PageFault() {
  const t = useT();
  const error = useRouteError();
  return (
    <div role="alert">
      <Result
        status="error"
        title={<h1 className="state-title">{t('state.fault')}</h1>}
        subTitle={error instanceof Error ? error.message : String(error)}
        extra={<Button onClick={() => window.location.reload()}>{t('act.reload')}</Button>}
      />
    </div>
  );
}
