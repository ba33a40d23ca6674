import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useWords, type Translate } from '../../i18n';
import type { Column } from '../../ui/data-list';
import { countText } from '../../ui/format';
import { Tag } from '../../ui/status-tag';
import { Ago } from '../../ui/time';

type Table = Schemas['CatalogueTable'];
/** A hit of a search names the columns that made it one. */
type Listed = Table & Partial<Pick<Schemas['CatalogueHit'], 'matchingColumns'>>;

export const pathOfTable = (name: string): string => `/catalog/${encodeURIComponent(name)}`;

/** Texts as small labels beside each other. */
export function Chips({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return <span className="faint">–</span>;
  return (
    <span className="chips">
      {texts.map((text) => (
        <span key={text} className="chip">
          {text}
        </span>
      ))}
    </span>
  );
}

export function Count({ count, exact = true }: { count: number | null; exact?: boolean }) {
  const { locale } = useWords();
  if (count === null) return <span className="faint">–</span>;
  return (
    <span className="time">
      {exact ? '' : '≈ '}
      {countText(count, locale)}
    </span>
  );
}

/** Bytes as people read them. */
export function bytesText(bytes: number, locale: string): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  const text = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${text} ${units[power]}`;
}

function NameCell({ table, t }: { table: Listed; t: Translate }) {
  const said = table.description ?? table.comment;
  return (
    <>
      <Link to={pathOfTable(table.name)} className="row-name">
        {table.name}
      </Link>{' '}
      {table.deletedAt !== null && <Tag tone="warn">{t('catalog.deleted')}</Tag>}
      {said && <span className="under">{said.slice(0, 200)}</span>}
      {(table.matchingColumns ?? []).map(({ name, description, comment }) => (
        <span key={name} className="under">
          <span className="mono">{name}</span> {description ?? comment ?? ''}
        </span>
      ))}
    </>
  );
}

export function tableColumns(t: Translate): Column<Listed>[] {
  return [
    {
      key: 'name',
      title: t('run.table'),
      grows: true,
      render: (table) => <NameCell table={table} t={t} />,
    },
    {
      key: 'kind',
      title: t('catalog.kind'),
      render: ({ kind }) => t(`catalog.kind.${kind}`),
    },
    {
      key: 'classes',
      title: t('catalog.classes'),
      render: ({ classes }) => (
        <Chips texts={classes.map((one) => t(`catalog.class.${one as 'phone'}`))} />
      ),
    },
    { key: 'tags', title: t('catalog.tags'), render: ({ tags }) => <Chips texts={tags} /> },
    {
      key: 'columns',
      title: t('catalog.columns'),
      align: 'right',
      render: ({ columnCount }) => <Count count={columnCount} />,
    },
    {
      key: 'rows',
      title: t('catalog.rows'),
      align: 'right',
      render: ({ rows, rowsExact }) => <Count count={rows} exact={rowsExact} />,
    },
    {
      key: 'collected',
      title: t('catalog.collectedAt'),
      render: ({ collectedAt }) => <Ago at={collectedAt} />,
    },
  ];
}
