/** The server itself: job types, recurrences, health. */
import type { Caller } from '../../model/people';
import type { Recurrence } from '../../model/recurrence';

export interface JobTypeView {
  type: string;
  title: string;
  needsIdMapping: boolean;
  /** JSON Schema of the job's config. */
  configSchema: Record<string, unknown>;
}

export interface RecurrencePreview {
  /** The next ten times, each with what is special about it where clocks change. */
  times: { time: string; note: string | null }[];
  dstRule: string;
  /** Whose clocks: the zone asked for, or that of the installation. */
  timezone: string;
}

export interface SystemService {
  /**
   * What a recurrence would bring about.
   * @param ask.timezone null: that of the installation
   * @param ask.from text of the time after which the shown ones come; null: now
   */
  previewRecurrence(ask: {
    recurrence: Recurrence;
    timezone: string | null;
    from: string | null;
  }): RecurrencePreview;
  jobTypes(): JobTypeView[];
  /** What deliveries to webhooks of the caller's tenant are signed with. */
  webhookSecret(caller: Caller): Promise<{ secret: string }>;
  /** Resolves once a trigger would be served; throws what stands in the way. */
  ready(): Promise<void>;
}
