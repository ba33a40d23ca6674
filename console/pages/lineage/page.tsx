import { Alert, Segmented } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { Link, useNavigate } from 'react-router';
import { useCall } from '../../api/hooks';
import type { Schemas } from '../../api/client';
import { useT, useWords } from '../../i18n';
import { DataList } from '../../ui/data-list';
import { countText } from '../../ui/format';
import { useFilters } from '../../ui/filters';
import { useNarrow } from '../../ui/media';
import { Page } from '../../ui/page';
import { usePagedRows } from '../../ui/paged';
import { Answered, Loading, Nothing } from '../../ui/states';
import { TaskSelect } from '../task-dialog/policy-fields';

const Graph = lazy(async () => ({ default: (await import('./graph')).Graph }));

type Lineage = Schemas['Lineage'];

/** What comes after what: tasks and tables, as a graph or as a list. */
export function LineagePage() {
  const t = useT();
  const navigate = useNavigate();
  const [filters, setFilters] = useFilters(['task', 'table', 'view']);
  const narrow = useNarrow();
  // A graph is too wide for a phone; who wants it there can have it.
  const view = filters.view || (narrow ? 'list' : 'graph');
  const read = useCall('GET /lineage', {
    query: {
      ...(filters.task && { taskId: filters.task }),
      ...(filters.table && { table: filters.table }),
      ...(view === 'graph' && { limit: mostEdges }),
    },
  });
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
          ) : view === 'graph' && (lineage.truncated || sizeOf(lineage) > mostDrawn) ? (
            <TooMany lineage={lineage} choose={(task) => setFilters({ task, table: '' })} />
          ) : view === 'list' ? (
            <Edges lineage={lineage} />
          ) : (
            <Suspense fallback={<Loading />}>
              <Graph
                lineage={lineage}
                about={filters.task || filters.table}
                open={(node) =>
                  void navigate(pathOf(new Set(lineage.nodes.tasks.map(({ id }) => id)), node))
                }
              />
            </Suspense>
          )
        }
      </Answered>
    </Page>
  );
}

/** A picture of more than this is neither drawn in a moment nor read by anybody. */
const mostDrawn = 400;
/** Edges between so many nodes; with more of them the picture is black. */
const mostEdges = 2_000;

const sizeOf = ({ total }: Lineage) => total.tasks + total.tables;

/** Asks for the task whose neighbours are to be drawn. */
function TooMany({ lineage, choose }: { lineage: Lineage; choose: (task: string) => void }) {
  const { t, locale } = useWords();
  return (
    <div className="panel lineage-choice">
      <p>{t('lineage.tooMany', { count: countText(sizeOf(lineage), locale) })}</p>
      <TaskSelect taskId={null} value={[]} onChange={([task]) => task && choose(task)} />
    </div>
  );
}

/** Where a node leads: the task, or the table. */
function pathOf(tasks: { has: (node: string) => boolean }, node: string): string {
  return tasks.has(node) ? `/tasks/${node}` : `/tables/${encodeURIComponent(node)}`;
}

/** The same without a picture. */
function Edges({ lineage }: { lineage: Lineage }) {
  const { t, locale } = useWords();
  const names = useMemo(
    () => new Map(lineage.nodes.tasks.map(({ id, name }) => [id, name])),
    [lineage],
  );
  const list = usePagedRows(lineage.edges);
  const link = (node: string) => (
    <Link to={pathOf(names, node)} className="row-name">
      {names.get(node) ?? node}
    </Link>
  );
  return (
    <>
      {lineage.truncated && (
        <Alert
          className="above-list"
          type="info"
          showIcon
          title={t('lineage.truncated', {
            count: countText(lineage.edges.length, locale),
            all: countText(lineage.total.edges, locale),
          })}
        />
      )}
      <DataList
        label={t('lineage.list')}
        of={list}
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
            render: ({ kind }) => <span className="one-line">{t(`lineage.kind.${kind}`)}</span>,
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
    </>
  );
}
