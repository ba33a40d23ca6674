/** The table of all native routes. */
import { connectionRoutes } from './connections';
import { auditRoutes, grantRoutes } from './grants';
import { keyRoutes, tenantRoutes, userRoutes } from './people';
import type { Route } from './route';
import { runRoutes } from './runs';
import { systemRoutes } from './system';
import { tableRoutes } from './tables';
import { taskRoutes } from './tasks';
import { triggerUrlRoutes } from './trigger-urls';
import { triggerRoutes } from './triggers';
import { webhookRoutes } from './webhooks';

export const routes: readonly Route[] = [
  ...taskRoutes,
  ...triggerUrlRoutes,
  ...triggerRoutes,
  ...runRoutes,
  ...connectionRoutes,
  ...tableRoutes,
  ...tenantRoutes,
  ...userRoutes,
  ...keyRoutes,
  ...grantRoutes,
  ...auditRoutes,
  ...webhookRoutes,
  ...systemRoutes,
];
