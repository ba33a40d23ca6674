import type { Schemas } from '../../api/client';
import { useT, useWords } from '../../i18n';
import { Facts } from '../../ui/page';
import { Count } from './columns';

type Column = Schemas['CatalogueTableWithColumns']['columns'][number];
type Profile = NonNullable<Column['profile']>;

export function percent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(
    share,
  );
}

/** A share as a bar with its number behind it. */
export function Share({ share, label }: { share: number | null; label: string }) {
  const { locale } = useWords();
  if (share === null) return <span className="faint">–</span>;
  return (
    <span className="share" role="img" aria-label={`${label}: ${percent(share, locale)}`}>
      <span className="bar-track">
        {share > 0 && <span style={{ width: `${100 * share}%` }} />}
      </span>
      <span className="bar-count">{percent(share, locale)}</span>
    </span>
  );
}

/** What the values of a column are like. */
export function ProfileView({
  column: { profile, classes, type },
  mayRead,
}: {
  column: Column;
  mayRead: boolean;
}) {
  const t = useT();
  const { locale } = useWords();
  return (
    <div className="profile">
      {classes.length > 0 && (
        <ul className="classes">
          {classes.map((one) => (
            <li key={one.class}>
              <b>{t(`catalog.class.${one.class}`)}</b> {percent(one.confidence, locale)}{' '}
              <span className="faint">{one.by.map((by) => t(`catalog.by.${by}`)).join(', ')}</span>
            </li>
          ))}
        </ul>
      )}
      {profile === null ? <p className="faint">{t('catalog.noProfile')}</p> : null}
      {profile && (
        <>
          <Facts
            items={[
              [
                t('catalog.nullShare'),
                <Share key="nulls" share={profile.nullShare} label={t('catalog.nullShare')} />,
              ],
              [t('catalog.distinct'), <Count key="distinct" count={profile.distinct} />],
              [t('catalog.min'), profile.min ?? '–'],
              [t('catalog.max'), profile.max ?? '–'],
            ]}
          />
          {profile.withheld && <p className="under">{t('catalog.withheld')}</p>}
          {!mayRead && <p className="under">{t('catalog.noGrant')}</p>}
          <QuantilePlot profile={profile} type={type} />
          <TopValues profile={profile} />
        </>
      )}
    </div>
  );
}

function TopValues({ profile: { top } }: { profile: Profile }) {
  const t = useT();
  const { locale } = useWords();
  if (top.length === 0) return null;
  return (
    <>
      <p className="under">{t('catalog.top')}</p>
      <ul className="bars" aria-label={t('catalog.top')}>
        {top.map(({ value, share }) => (
          <li key={value}>
            <span className="mono">{value === '' ? '""' : value}</span>
            <span className="bar-track" aria-hidden>
              <span style={{ width: `${100 * share}%` }} />
            </span>
            <span className="bar-count">{percent(share, locale)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where the values lie on a line; null where they cannot be placed on one. */
function numbersOf({ min, max, quantiles }: Profile, type: string): number[] | null {
  if (min === null || max === null || quantiles === null) return null;
  const isTime = /date|time/i.test(type);
  const placed = [min, ...quantiles, max].map((text) =>
    isTime ? Date.parse(text.replace(/ (\d)/, 'T$1').replace(/\+(\d\d)$/, '+$1:00')) : Number(text),
  );
  return placed.every(Number.isFinite) && placed[0]! < placed.at(-1)! ? placed : null;
}

const plot = { width: 320, height: 34, middle: 17, edge: 6 };

/** A box from the lower to the upper quarter, its line the middle, its whiskers 5 and 95 of 100. */
function QuantilePlot({ profile, type }: { profile: Profile; type: string }) {
  const t = useT();
  const numbers = numbersOf(profile, type);
  if (profile.quantiles === null) return null;
  const [low, quarter, median, upper, high] = profile.quantiles;
  const words = t('catalog.quantiles', {
    ...{ low: low ?? '', quarter: quarter ?? '', median: median ?? '' },
    ...{ upper: upper ?? '', high: high ?? '' },
  });
  return (
    <>
      {numbers && <Box numbers={numbers} />}
      <p className="under">{words}</p>
    </>
  );
}

function Box({ numbers }: { numbers: number[] }) {
  const [min, max] = [numbers[0]!, numbers.at(-1)!];
  const { width, height, middle, edge } = plot;
  const at = (value: number) => edge + ((value - min) / (max - min)) * (width - 2 * edge);
  const [, low, quarter, median, upper, high] = numbers.map(at) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return (
    <svg
      className="box-plot"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <line x1={edge} x2={width - edge} y1={middle} y2={middle} className="reach" />
      <line x1={low} x2={high} y1={middle} y2={middle} className="whisker" />
      <rect x={quarter} y={6} width={Math.max(2, upper - quarter)} height={22} rx={3} />
      <line x1={median} x2={median} y1={4} y2={30} className="median" />
    </svg>
  );
}
