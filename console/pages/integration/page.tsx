import { Tabs } from 'antd';
import { Link } from 'react-router';
import { useSession } from '../../api/session';
import { useT } from '../../i18n';
import { Keys } from '../credentials/keys';
import { CodeBlock, CopyButton } from '../../ui/copy';
import { Page, Panel } from '../../ui/page';
import { callsOf } from './calls';

/** `Metric Applications > API Integration`: what another system needs to call this one. */
export function IntegrationPage() {
  const t = useT();
  const { tenant, userId } = useSession();
  const { origin } = window.location;
  return (
    <Page
      title={t('nav.integration')}
      crumbs={[{ title: t('nav.metrics'), to: '/integration' }]}
      about={t('integration.about')}
    >
      <Panel title={t('integration.tenant')}>
        <div className="tenant">
          <code className="mono" data-testid="tenant-id">
            {tenant}
          </code>
          <CopyButton text={tenant} label={t('integration.tenant')} />
          <span className="under">{t('integration.tenantMore')}</span>
        </div>
      </Panel>
      <Keys userId={userId} />
      <Panel
        title={t('integration.calls')}
        extra={<Link to="/api-calls">{t('integration.docs')}</Link>}
      >
        <Tabs
          items={callsOf(origin, tenant).map(({ key, calls }) => ({
            key,
            label: t(`integration.api.${key}`),
            children: calls.map(({ title, code }) => (
              <div key={title} className="call">
                <h3 className="mono">{title}</h3>
                <CodeBlock code={code} label={title} />
              </div>
            )),
          }))}
        />
      </Panel>
    </Page>
  );
}
