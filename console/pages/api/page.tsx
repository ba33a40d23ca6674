import { Alert, Select, Tabs } from 'antd';
import { Link } from 'react-router';
import { useMay, useSession } from '../../api/session';
import { useT } from '../../i18n';
import { CodeBlock } from '../../ui/copy';
import { useFilters } from '../../ui/filters';
import { Page, Panel } from '../../ui/page';
import { Answered } from '../../ui/states';
import { surfaces, useCalls, type ApiCall, type Surface } from './document';
import { TryIt } from './try-it';

/** `Metric Applications > API`: every call of every surface, to be read, copied and tried. */
export function ApiPage() {
  const t = useT();
  const read = useCalls();
  return (
    <Page
      title={t('nav.api')}
      crumbs={[{ title: t('nav.metrics'), to: '/integration' }]}
      about={t('api.about')}
      actions={
        <>
          <a href="/api/docs" target="_blank" rel="noreferrer">
            {t('api.swagger')}
          </a>
          <a href="/api/openapi.json" target="_blank" rel="noreferrer">
            OpenAPI
          </a>
        </>
      }
    >
      <Answered of={read}>{(calls) => <Surfaces calls={calls} />}</Answered>
    </Page>
  );
}

function Surfaces({ calls }: { calls: readonly ApiCall[] }) {
  const t = useT();
  const [{ surface, call }, setFilters] = useFilters(['surface', 'call']);
  const shown = surfaces.find((one) => one === surface) ?? 'native';
  const here = calls.filter((one) => one.surface === shown);
  // Calls are sent for real: one that only reads is shown first.
  const chosen =
    here.find(({ id }) => id === call) ?? here.find(({ method }) => method === 'GET') ?? here[0];
  return (
    <>
      <nav className="tabs" aria-label={t('nav.api')}>
        {surfaces
          .filter((one) => calls.some((known) => known.surface === one))
          .map((one) => (
            <Link
              key={one}
              to={`?surface=${one}`}
              className={one === shown ? 'tab active' : 'tab'}
              {...(one === shown && { 'aria-current': 'page' })}
            >
              {t(`api.surface.${one}`)}
            </Link>
          ))}
      </nav>
      <Select
        className="call-choice"
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('api.call')}
        value={chosen?.id ?? null}
        onChange={(next) => setFilters({ call: next })}
        options={groupsOf(here)}
      />
      {chosen && <Call key={chosen.id} call={chosen} surface={shown} />}
    </>
  );
}

/** Calls of one thing stand together. */
function groupsOf(calls: readonly ApiCall[]) {
  const groups = [...new Set(calls.map(({ group }) => group))];
  return groups.map((group) => ({
    label: group,
    options: calls
      .filter((call) => call.group === group)
      .map(({ id, title, summary }) => ({ value: id, label: `${title} · ${summary}` })),
  }));
}

function Call({ call, surface }: { call: ApiCall; surface: Surface }) {
  const t = useT();
  const { title, summary, description, samples } = call;
  return (
    <>
      <Panel title={<span className="mono">{title}</span>}>
        <p>{summary}</p>
        <p className="under">{plain(description)}</p>
        <h3>{t('api.permission')}</h3>
        <Permission call={call} />
        <p className="under">{t(`api.login.${surface}`)}</p>
      </Panel>
      <Panel title={t('api.samples')}>
        <Tabs
          items={samples.map(({ label, source }) => ({
            key: label,
            label,
            children: <CodeBlock code={source} label={`${title}: ${label}`} />,
          }))}
        />
      </Panel>
      <Panel title={t('api.try')}>
        <TryIt call={call} />
      </Panel>
    </>
  );
}

/** What the caller needs, and whether the signed-in user has it. */
function Permission({ call: { role } }: { call: ApiCall }) {
  const t = useT();
  const own = useSession().role;
  const may = useMay(role === 'public' ? 'viewer' : role);
  if (role === 'public') return <p>{t('api.needsNothing')}</p>;
  const needs = t('api.needs', { role: t(`roles.${role}`) });
  if (may) return <p>{needs}</p>;
  const lacks = t('api.lacks', { role: t(`roles.${own}`) });
  return <Alert type="warning" showIcon title={needs} description={lacks} />;
}

/** The document's texts have marks for code, which are for who reads it as it is. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
