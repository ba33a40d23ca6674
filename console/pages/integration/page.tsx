import { Tabs } from 'antd';
import { useSession } from '../../api/session';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { CodeBlock, CopyButton } from '../../ui/copy';
import { Page, Panel } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { callsOf } from './calls';
import { Keys } from './keys';

/** `Metric Applications > API Integration`: what another system needs to call this one. */
export function IntegrationPage() {
  const t = useT();
  const { tenant } = useSession();
  const isAdmin = useMay('admin');
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
      {isAdmin ? (
        <Keys />
      ) : (
        <Panel title={t('keys.title')}>
          <Nothing title={t('roles.needed', { role: t('roles.admin') })} />
        </Panel>
      )}
      <Panel
        title={t('integration.calls')}
        extra={
          <a href="/api/docs" target="_blank" rel="noreferrer">
            {t('integration.docs')}
          </a>
        }
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
