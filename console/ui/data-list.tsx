import {
  CaretDownOutlined,
  CaretUpOutlined,
  DownloadOutlined,
  DownOutlined,
  LeftOutlined,
  RightOutlined,
  VerticalLeftOutlined,
  VerticalRightOutlined,
} from '@ant-design/icons';
import { App, Button, Select, Spin, Table, type TableColumnType } from 'antd';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { useT, useWords } from '../i18n';
import { csvOf, type Cell } from './csv';
import { countText } from './format';
import { useNarrow } from './media';
import type { Paged } from './paged';
import { saveFile } from './save-file';
import { Loading, ProblemView } from './states';

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** Its text in an export; columns without one are left out of it. */
  text?: (row: Row) => Cell;
  width?: number | string;
  align?: 'right';
  /** Takes the room that is left and is cut off where it is too long. */
  grows?: boolean;
  /** Name by which the API sorts. */
  sort?: string;
  /** True: it is in the export only. */
  exportOnly?: boolean;
}

export interface Sorting {
  by: string;
  order: 'asc' | 'desc';
}

interface DataListProps<Row> {
  /** Says what the rows are, for who cannot see the heading. */
  label: string;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** A list that comes page by page, or all of its rows. */
  of: Paged<Row> | Rows<Row>;
  /** What stands in place of the rows where there are none. */
  empty: ReactNode;
  actions?: (row: Row) => ReactNode;
  /** What a row shows more of itself; null: nothing. */
  expand?: (row: Row) => ReactNode;
  /** Name of the file without its ending. */
  exportAs?: string;
  sorting?: Sorting;
  onSort?: (sorting: Sorting) => void;
  /** Search and filters, above the rows. */
  filters?: ReactNode;
}

export interface Rows<Row> {
  rows: Row[] | undefined;
  problem: Error | null;
  retry: () => void;
  /** All of them, for an export, where `rows` are only the first. */
  all?: () => Promise<Row[]>;
}

/** A list of things: a table, on phones cards; with its states, pages and export. */
export function DataList<Row extends object>(props: DataListProps<Row>) {
  const { of: list, filters, exportAs } = props;
  const narrow = useNarrow();
  return (
    <div className="data-list">
      {(filters || exportAs) && (
        <div className="list-bar">
          <div className="list-filters">
            {filters}
            {narrow && <SortSelect {...props} />}
          </div>
          {exportAs && <ExportButton {...props} exportAs={exportAs} />}
        </div>
      )}
      <Content {...props} narrow={narrow} />
      {'page' in list && <Pager {...list} />}
    </div>
  );
}

function Content<Row extends object>({
  narrow,
  ...props
}: DataListProps<Row> & { narrow: boolean }) {
  const { of: list, empty } = props;
  const columns = props.columns.filter(({ exportOnly }) => !exportOnly);
  if (list.problem) return <ProblemView problem={list.problem} retry={list.retry} />;
  if (list.rows === undefined) return <Loading />;
  if (list.rows.length === 0) return empty;
  const shown = { ...props, columns, rows: list.rows };
  return narrow ? <Cards {...shown} /> : <Wide {...shown} />;
}

function Wide<Row extends object>({
  label,
  rows,
  columns,
  rowKey,
  actions,
  expand,
  sorting,
  onSort,
}: DataListProps<Row> & { rows: Row[] }) {
  const t = useT();
  const shown: TableColumnType<Row>[] = columns.map((column) => ({
    key: column.key,
    title: <HeadCell column={column} sorting={sorting} onSort={onSort} />,
    render: (_, row) => column.render(row),
    ...(column.width !== undefined && { width: column.width }),
    ...(column.align && { align: column.align }),
    ...(column.grows && { className: 'grows' }),
    onHeaderCell: () => ({ 'aria-sort': ariaSort(column, sorting) }),
  }));
  if (actions) {
    shown.push({
      key: 'actions',
      title: t('list.actions'),
      align: 'right',
      className: 'row-actions-cell',
      render: (_, row) => <div className="row-actions">{actions(row)}</div>,
    });
  }
  return (
    <Table<Row>
      className="wide-list"
      aria-label={label}
      dataSource={rows}
      columns={shown}
      rowKey={rowKey}
      pagination={false}
      size="middle"
      {...(expand && {
        expandable: {
          columnTitle: <span className="hidden-text">{t('act.details')}</span>,
          expandedRowRender: expand,
          expandIcon: ({ expanded, onExpand, record }) => (
            <Button
              type="text"
              size="small"
              aria-expanded={expanded}
              aria-label={t('act.details')}
              icon={expanded ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
              onClick={(event) => onExpand(record, event)}
            />
          ),
        },
      })}
    />
  );
}

function ariaSort<Row>({ sort }: Column<Row>, sorting: Sorting | undefined) {
  if (!sort || sorting?.by !== sort) return undefined;
  return sorting.order === 'asc' ? 'ascending' : 'descending';
}

function HeadCell<Row>({
  column: { title, sort },
  sorting,
  onSort,
}: {
  column: Column<Row>;
  sorting: Sorting | undefined;
  onSort: ((sorting: Sorting) => void) | undefined;
}) {
  if (!sort || !onSort) return title;
  const here = sorting?.by === sort ? sorting.order : null;
  return (
    <button
      type="button"
      className="sort-head"
      onClick={() => onSort({ by: sort, order: here === 'asc' ? 'desc' : 'asc' })}
    >
      {title}
      {here === 'asc' && <CaretUpOutlined aria-hidden />}
      {here === 'desc' && <CaretDownOutlined aria-hidden />}
    </button>
  );
}

function SortSelect<Row>({ columns, sorting, onSort }: DataListProps<Row>) {
  const t = useT();
  const sortable = columns.filter(({ sort }) => sort);
  if (sortable.length === 0 || !onSort) return null;
  const isOffered = sortable.some(({ sort }) => sort === sorting?.by);
  return (
    <Select
      className="choice"
      aria-label={t('list.sort')}
      placeholder={t('list.sort')}
      value={sorting && isOffered ? `${sorting.by} ${sorting.order}` : null}
      onChange={(value: string) => {
        const [by = '', order] = value.split(' ');
        onSort({ by, order: order === 'asc' ? 'asc' : 'desc' });
      }}
      options={sortable.flatMap(({ sort, title }) => [
        { value: `${sort} asc`, label: `${title} ↑` },
        { value: `${sort} desc`, label: `${title} ↓` },
      ])}
    />
  );
}

function Cards<Row extends object>({
  label,
  rows,
  columns,
  rowKey,
  actions,
  expand,
}: DataListProps<Row> & { rows: Row[] }) {
  const [first, ...others] = columns;
  return (
    <ul className="cards" aria-label={label}>
      {rows.map((row) => (
        <li key={rowKey(row)} className="card">
          <div className="card-title">{first?.render(row)}</div>
          <dl>
            {others.map((column) => (
              <div key={column.key}>
                <dt>{column.title}</dt>
                <dd>{column.render(row)}</dd>
              </div>
            ))}
          </dl>
          {actions && <div className="row-actions">{actions(row)}</div>}
          {expand && <CardMore render={() => expand(row)} />}
        </li>
      ))}
    </ul>
  );
}

function CardMore({ render }: { render: () => ReactNode }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        block
        aria-expanded={open}
        icon={open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
        onClick={() => setOpen(!open)}
      >
        {t('act.details')}
      </Button>
      {open && <div className="card-more">{render()}</div>}
    </>
  );
}

function ExportButton<Row>({
  of: list,
  columns,
  exportAs,
}: DataListProps<Row> & { exportAs: string }) {
  const written = columns.filter(({ text }) => text);
  const lines = async () => {
    const rows = list.all ? await list.all() : (list.rows ?? []);
    return rows.map((row) => written.map(({ text }) => text?.(row)));
  };
  return (
    <SaveButton
      name={exportAs}
      head={written.map(({ title }) => title)}
      lines={lines}
      disabled={list.rows === undefined || list.rows.length === 0}
    />
  );
}

interface SaveButtonProps {
  /** Name of the file without its ending. */
  name: string;
  head: string[];
  lines: () => Promise<Cell[][]>;
  /** True: there is nothing to export. */
  disabled?: boolean;
}

/** Exports a list as CSV. */
export function SaveButton({ name, head, lines, disabled = false }: SaveButtonProps) {
  const t = useT();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      saveFile(`${name}.csv`, csvOf(head, await lines()));
    } catch (error) {
      message.error((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      icon={<DownloadOutlined aria-hidden />}
      loading={busy}
      disabled={disabled}
      onClick={() => void save()}
    >
      {t('act.export')}
    </Button>
  );
}

/** A button that leads to an end of the list is disabled there, and would let the focus fall. */
function useFocusKept(place: string) {
  const around = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { activeElement } = document;
    const isOurs = activeElement !== null && around.current?.contains(activeElement);
    if (isOurs && activeElement.matches(':disabled')) around.current?.focus();
  }, [place]);
  return around;
}

export function Pager<Row>({
  rows,
  page,
  hasNext,
  hasPrevious,
  next,
  previous,
  first,
  last: toLast,
  total,
  fetching,
  pageSize,
  setPageSize,
}: Paged<Row>) {
  const { t, locale } = useWords();
  const pages = useFocusKept(`${page} ${hasNext} ${hasPrevious}`);
  if (rows === undefined || (!hasPrevious && !hasNext && rows.length <= 10)) return null;
  const last = total === null || total.more ? null : Math.ceil(total.count / pageSize);
  return (
    <nav className="pager" aria-label={t('list.pages')} ref={pages} tabIndex={-1}>
      {fetching && <Spin size="small" />}
      {total !== null && (
        <span className="faint">
          {t('list.total', { count: `${countText(total.count, locale)}${total.more ? '+' : ''}` })}
        </span>
      )}
      <Select
        size="small"
        aria-label={t('list.pageSize')}
        value={pageSize}
        onChange={setPageSize}
        options={[10, 25, 50, 100].map((size) => ({
          value: size,
          label: t('list.perPage', { count: size }),
        }))}
      />
      <Button
        size="small"
        icon={<VerticalRightOutlined aria-hidden />}
        disabled={!hasPrevious}
        onClick={first}
        aria-label={t('list.first')}
      />
      <Button
        size="small"
        icon={<LeftOutlined aria-hidden />}
        disabled={!hasPrevious}
        onClick={previous}
        aria-label={t('list.previous')}
      />
      <span aria-live="polite">
        {page === null
          ? t('list.nearEnd')
          : last === null
            ? t('list.page', { page })
            : t('list.pageOf', { page, last })}
      </span>
      <Button
        size="small"
        icon={<RightOutlined aria-hidden />}
        disabled={!hasNext}
        onClick={next}
        aria-label={t('list.next')}
      />
      {toLast && (
        <Button
          size="small"
          icon={<VerticalLeftOutlined aria-hidden />}
          disabled={!hasNext}
          onClick={toLast}
          aria-label={t('list.last')}
        />
      )}
    </nav>
  );
}
