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
      <p className="preview-title">{t('cycle.next', { zone: data.timezone })}</p>
      {data.times.length === 0 && <p>{t('cycle.noTimes')}</p>}
      <ol>
        {data.times.map(({ time, note }) => (
          <li key={time}>
            <TimeOf text={time} timezone={data.timezone} />
            {note && <em>{note}</em>}
          </li>
        ))}
      </ol>
      {data.timezone !== 'UTC' && <p className="under">{t('cycle.dstRule')}</p>}
    </div>
  );
}

/** By the clocks of the zone, with their offset, which differs from time to time. */
function TimeOf({ text, timezone }: { text: string; timezone: string }) {
  const { date, time } = clockOf(text, timezone);
  return (
    <span className="time">
      {date} {time} <span className="faint">{offsetText(text, timezone)}</span>
    </span>
  );
}
