import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { call, type ApiProblem, type Body, type Schemas } from '../api/client';
import { useT } from '../i18n';
import type { Recurrence } from '../pages/tasks/method';
import { clockOf, offsetText } from './format';
import { useDebounced } from './use-debounced';

type PreviewBody = Body<'POST /recurrences:preview'>;

interface NextTimesOf {
  recurrence: Recurrence | null;
  /** That of the installation where none is named. */
  timezone: string | undefined;
}

/** The next ten times, once what was typed has settled; nothing is asked without a recurrence. */
export function useNextTimes({ recurrence, timezone }: NextTimesOf) {
  const body = useDebounced({ recurrence, ...(timezone && { timezone }) }, 300);
  return useQuery<Schemas['RecurrencePreview'], ApiProblem>({
    queryKey: ['POST /recurrences:preview', body],
    enabled: body.recurrence !== null,
    queryFn: ({ signal }) =>
      call('POST /recurrences:preview', { body: body as PreviewBody }, signal),
    retry: false,
    placeholderData: (before) => before,
  });
}

/** The next ten times as Temporal will fire them, with what the clocks do to each. */
export function NextTimes({ recurrence, timezone }: NextTimesOf & { recurrence: Recurrence }) {
  const t = useT();
  const { data, error } = useNextTimes({ recurrence, timezone });
  if (error) {
    const [field] = error.fields;
    return <Alert type="error" showIcon role="alert" title={field?.message ?? error.message} />;
  }
  if (data === undefined) return null;
  return (
    <div className="preview">
      <h4>{t('cycle.next', { zone: timezone ?? t('cycle.installationZone') })}</h4>
      {data.times.length === 0 && <p>{t('cycle.noTimes')}</p>}
      <ol>
        {data.times.map(({ time, note }) => (
          <li key={time}>
            <TimeOf text={time} timezone={timezone} />
            {note && <em>{note}</em>}
          </li>
        ))}
      </ol>
      <p className="under">{t('cycle.dstRule')}</p>
    </div>
  );
}

/** Times of a preview come by the clocks of the zone, with their offset. */
function TimeOf({ text, timezone }: { text: string; timezone: string | undefined }) {
  if (timezone === undefined)
    return <span className="time">{text.replace('T', ' ').slice(0, 19)}</span>;
  const { date, time } = clockOf(text, timezone);
  return (
    <span className="time">
      {date} {time} <span className="faint">{offsetText(text, timezone)}</span>
    </span>
  );
}
