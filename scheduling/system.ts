import { z } from 'zod';
import type { Caller } from '../model/people';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import { previewRecurrence } from './recurrences';
import type { JobTypeView, RecurrencePreview, SystemService } from './scheduling';

export class System implements SystemService {
  constructor(
    private readonly deps: Pick<
      SchedulingDeps,
      'store' | 'secrets' | 'gateway' | 'jobTypes' | 'settings'
    >,
  ) {}

  previewRecurrence(ask: Parameters<SystemService['previewRecurrence']>[0]): RecurrencePreview {
    return previewRecurrence({ ...ask, timezone: ask.timezone ?? this.deps.settings.timezone });
  }

  jobTypes(): JobTypeView[] {
    return [...this.deps.jobTypes.values()].map(
      ({ type, title, needsIdMapping, configSchema }) => ({
        ...{ type, title, needsIdMapping },
        configSchema: z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }),
      }),
    );
  }

  async webhookSecret(caller: Caller): Promise<{ secret: string }> {
    await noteAction(this.deps.store, caller, 'webhookSecret.read', `tenant/${caller.tenant}`);
    return { secret: this.deps.secrets.webhookSecret(caller.tenant) };
  }

  async ready(): Promise<void> {
    await Promise.all([this.deps.store.ping(), this.deps.gateway.ping()]);
  }
}
