import { Segmented } from 'antd';
import { lazy, Suspense } from 'react';
import { Link, useNavigate } from 'react-router';
import { useCall } from '../../api/hooks';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { DataList } from '../../ui/data-list';
import { useFilters } from '../../ui/filters';
import { useNarrow } from '../../ui/media';
import { Page } from '../../ui/page';
import { Answered, Loading, Nothing } from '../../ui/states';

const Graph = lazy(async () => ({ default: (await import('./graph')).Graph }));

type Lineage = Schemas['Lineage'];

/** What comes after what: tasks and tables, as a graph or as a list. */
export function LineagePage() {
  const t = useT();
  const navigate = useNavigate();
  const [filters, setFilters] = useFilters(['task', 'table', 'view']);
  const read = useCall('GET /lineage', {
    query: {
      ...(filters.task && { taskId: filters.task }),
      ...(filters.table && { table: filters.table }),
    },
  });
  const narrow = useNarrow();
  // A graph is too wide for a phone; who wants it there can have it.
  const view = filters.view || (narrow ? 'list' : 'graph');
  const isPart = Boolean(filters.task || filters.table);
  return (
    <Page
      title={t('nav.lineage')}
      crumbs={[{ title: t('nav.workspace'), to: '/' }]}
      about={t('lineage.about')}
      actions={
        <>
          {isPart && <Link to="/lineage">{t('lineage.all')}</Link>}
          <Segmented
            aria-label={t('lineage.view')}
            value={view}
            onChange={(view) => setFilters({ view })}
            options={[
              { value: 'graph', label: t('lineage.graph') },
              { value: 'list', label: t('lineage.list') },
            ]}
          />
        </>
      }
    >
      <Answered of={read}>
        {(lineage) =>
          lineage.nodes.tasks.length + lineage.nodes.tables.length === 0 ? (
            <Nothing title={t('lineage.none')} />
          ) : view === 'list' ? (
            <Edges lineage={lineage} />
          ) : (
            <Suspense fallback={<Loading />}>
              <Graph
                lineage={lineage}
                about={filters.task || filters.table}
                open={(node) => void navigate(pathOf(lineage, node))}
              />
            </Suspense>
          )
        }
      </Answered>
    </Page>
  );
}

/** Where a node leads: the task, or the table. */
function pathOf({ nodes }: Lineage, node: string): string {
  const isTask = nodes.tasks.some(({ id }) => id === node);
  return isTask ? `/tasks/${node}` : `/tables/${encodeURIComponent(node)}`;
}

/** The same without a picture. */
function Edges({ lineage }: { lineage: Lineage }) {
  const t = useT();
  const names = new Map(lineage.nodes.tasks.map(({ id, name }) => [id, name]));
  const link = (node: string) => <Link to={pathOf(lineage, node)}>{names.get(node) ?? node}</Link>;
  const rows = lineage.edges;
  return (
    <DataList
      label={t('lineage.list')}
      of={{ rows, problem: null, retry: () => undefined }}
      rowKey={({ from, to, kind }) => `${from} ${to} ${kind}`}
      columns={[
        {
          key: 'from',
          title: t('lineage.from'),
          render: ({ from }) => link(from),
          text: ({ from }) => names.get(from) ?? from,
        },
        {
          key: 'kind',
          title: t('lineage.kind'),
          render: ({ kind }) => t(`lineage.kind.${kind}`),
          text: ({ kind }) => kind,
        },
        {
          key: 'to',
          title: t('lineage.to'),
          render: ({ to }) => link(to),
          text: ({ to }) => names.get(to) ?? to,
        },
      ]}
      exportAs="lineage"
      empty={<Nothing title={t('lineage.none')} />}
    />
  );
}
