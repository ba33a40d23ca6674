import { useWords } from '../../i18n';
import { DataList, type Column } from '../../ui/data-list';
import { countText } from '../../ui/format';
import { Facts } from '../../ui/page';
import { bytesText, type SyncSummary } from './sync-summary';

type Sample = SyncSummary['dirty']['samples'][number] & { number: number };

/** What a copy has moved, how fast, and what of it did not fit. */
export function SyncResult({ summary, name }: { summary: SyncSummary; name: string }) {
  const { t, locale } = useWords();
  const { rows, bytes, rowsPerSecond, dirty } = summary;
  const columns: Column<Sample>[] = [
    {
      key: 'reason',
      title: t('sync.reason'),
      grows: true,
      render: ({ reason }) => reason,
      text: ({ reason }) => reason,
    },
    {
      key: 'row',
      title: t('sync.row'),
      grows: true,
      render: ({ row }) => <span className="mono">{row}</span>,
      text: ({ row }) => row,
    },
  ];
  return (
    <>
      <Facts
        items={[
          [t('sync.rows'), countText(rows, locale)],
          [t('sync.bytes'), bytesText(bytes)],
          [t('sync.rate'), t('sync.perSecond', { count: countText(rowsPerSecond, locale) })],
          [
            t('sync.dirty'),
            <span key="dirty" className={dirty.count > 0 ? 'bad' : ''}>
              {countText(dirty.count, locale)}
            </span>,
          ],
        ]}
      />
      {dirty.samples.length > 0 && (
        <>
          <h3>{t('sync.samples')}</h3>
          <DataList
            label={t('sync.samples')}
            of={{
              rows: dirty.samples.map((sample, number) => ({ ...sample, number })),
              problem: null,
              retry: () => undefined,
            }}
            rowKey={({ number }) => String(number)}
            columns={columns}
            exportAs={name}
            empty={null}
          />
        </>
      )}
    </>
  );
}
