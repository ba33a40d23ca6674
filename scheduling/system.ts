import { z } from 'zod';
import type { SchedulingDeps } from './deps';
import type { JobTypeView, SystemService } from './scheduling';

export class System implements SystemService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store' | 'gateway' | 'jobTypes'>) {}

  jobTypes(): JobTypeView[] {
    return [...this.deps.jobTypes.values()].map(
      ({ type, title, needsIdMapping, configSchema }) => ({
        ...{ type, title, needsIdMapping },
        configSchema: z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }),
      }),
    );
  }

  async ready(): Promise<void> {
    await Promise.all([this.deps.store.ping(), this.deps.gateway.ping()]);
  }
}
