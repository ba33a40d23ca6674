import { z } from 'zod';
import { route } from './route';

export const webhookRoutes = [
  route({
    method: 'get',
    path: '/api/v1/webhook-secret',
    role: 'admin',
    tags: ['Webhooks'],
    summary: 'Read what deliveries to webhooks are signed with',
    description:
      'Receivers check deliveries with it, by the Standard Webhooks scheme. It is the same for all ' +
      'webhooks of the tenant; each reading of it is noted in the audit.',
    answer: z.object({ secret: z.string().meta({ examples: ['whsec_…'] }) }),
    handler: ({ scheduling, caller }) => scheduling.system.webhookSecret(caller),
  }),
];
