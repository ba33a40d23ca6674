/** The table of all native routes. */
import { accessKeyRoutes } from './access-keys';
import { auditRoutes } from './audit';
import { backfillRoutes } from './backfills';
import { catalogueRoutes } from './catalogue';
import { connectionRoutes } from './connections';
import { grantRoutes } from './grants';
import { instanceRoutes, lineageRoutes } from './instances';
import { lookUpRoutes } from './look-ups';
import { keyRoutes, tenantRoutes, userRoutes } from './people';
import { directoryRoutes, projectRoutes } from './projects';
import { recurrenceRoutes } from './recurrences';
import { resourceGroupRoutes } from './resource-groups';
import type { Route } from './route';
import { runRoutes } from './runs';
import { scriptRoutes } from './scripts';
import { scriptLifeRoutes } from './scripts-life';
import { scriptVersionRoutes } from './scripts-versions';
import { sessionRoutes } from './sessions';
import { systemRoutes } from './system';
import { tableTriggerRoutes } from './table-triggers';
import { tableRoutes } from './tables';
import { taskRoutes } from './tasks';
import { taskImportRoutes } from './task-imports';
import { triggerUrlRoutes } from './trigger-urls';
import { triggerRoutes } from './triggers';
import { webhookRoutes } from './webhooks';

export const routes: readonly Route[] = [
  ...taskImportRoutes,
  ...taskRoutes,
  ...triggerUrlRoutes,
  ...triggerRoutes,
  ...runRoutes,
  ...instanceRoutes,
  ...lookUpRoutes,
  ...backfillRoutes,
  ...recurrenceRoutes,
  ...lineageRoutes,
  ...connectionRoutes,
  ...tableTriggerRoutes,
  ...tableRoutes,
  ...catalogueRoutes,
  ...projectRoutes,
  ...directoryRoutes,
  ...scriptRoutes,
  ...scriptVersionRoutes,
  ...scriptLifeRoutes,
  ...sessionRoutes,
  ...tenantRoutes,
  ...userRoutes,
  ...keyRoutes,
  ...accessKeyRoutes,
  ...resourceGroupRoutes,
  ...grantRoutes,
  ...auditRoutes,
  ...webhookRoutes,
  ...systemRoutes,
];
