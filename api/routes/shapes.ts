/** What answers show, under the names that the OpenAPI document gives them. */
import { z } from 'zod';
import {
  accessKeySchema,
  auditEntrySchema,
  grantSchema,
  keySchema,
  roles,
  tenantSchema,
  userSchema,
} from '../../model/people';
import { changeSchema } from '../../model/change';
import { backfillViewSchema, cellViewSchema, planViewSchema } from '../../model/backfill';
import { idChainSchema, lookedUpUserSchema } from '../../model/look-up';
import { columnSuggestionSchema } from '../../model/id-suggestions';
import {
  directorySchema,
  projectMemberSchema,
  projectSchema,
  workspaceSchema,
} from '../../model/project';
import { resourceGroupSchema } from '../../model/resource-group';
import { runRecordSchema, runStatuses } from '../../model/run';
import { connectionViewSchema, tableViewSchema } from '../../model/source';
import { taskViewSchema } from '../../model/task';
import { taskNameSchema, taskRowSchema } from '../../model/task-list';
import { ledgerEntrySchema } from '../../model/trigger';
import { waitingTaskSchema } from '../../model/waiting';

export const taskShape = taskViewSchema
  .extend({
    stale: z.boolean().optional().meta({
      description: 'True: the workflow did not answer, and this is the copy of the store',
    }),
  })
  .meta({ id: 'Task' });

export const taskRowShape = taskRowSchema.meta({ id: 'TaskRow' });

export const taskNameShape = taskNameSchema.meta({ id: 'TaskName' });

export const triggerUrlShape = z
  .object({
    table: z.string(),
    url: z.string().meta({ description: 'Whoever has it can trigger: treat it as a password' }),
    lastUsedAt: z.string().nullable(),
    lastCaller: z.string().nullable(),
  })
  .meta({ id: 'TriggerUrl' });

export const draftShape = z
  .object({
    id: z.string(),
    expiresAt: z.string().nullable().meta({ description: 'Null: it is the id of a task' }),
    triggerUrls: z.array(z.object({ table: z.string(), url: z.string() })),
  })
  .meta({ id: 'Draft' });

export const triggerCallShape = ledgerEntrySchema.meta({ id: 'TriggerCall' });

export const waitingTaskShape = waitingTaskSchema.meta({ id: 'WaitingTask' });

export const runShape = runRecordSchema
  .extend({
    temporalUrl: z.string().nullable().meta({ description: 'This run in Temporal UI' }),
  })
  .meta({ id: 'Run' });

/** A run that is to come has no id yet. */
export const rerunShape = runRecordSchema
  .extend({
    id: z.string().nullable().meta({ description: 'Null: it waits for its turn' }),
    temporalUrl: z.string().nullable(),
    backfillId: z.string().nullable().meta({ description: 'The backfill that does it' }),
  })
  .meta({ id: 'Rerun' });

export const instanceShape = z
  .object({
    taskId: z.string(),
    scheduleTime: z.string(),
    attempts: z.number().int().meta({ description: 'Attempts so far' }),
    status: z.enum([...runStatuses, 'waiting']),
    reason: z.string().nullable().meta({
      description: 'What it waits for, what blocks it, or why its latest attempt failed',
    }),
    run: runShape.nullable().meta({ description: 'Its latest attempt' }),
  })
  .meta({ id: 'Instance' });

export const lookedUpUserShape = lookedUpUserSchema.meta({ id: 'LookedUpUser' });
export const idChainShape = idChainSchema.meta({ id: 'IdChain' });

export const backfillShape = backfillViewSchema.meta({ id: 'Backfill' });
export const cellShape = cellViewSchema.meta({ id: 'BackfillCell' });
export const planShape = planViewSchema.meta({ id: 'BackfillPlan' });

export const connectionShape = connectionViewSchema.meta({
  id: 'Connection',
  description: 'Secrets are never shown',
});

export const rowSampleShape = z
  .object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(z.string().nullable())).meta({
      description: 'Values in the order of the columns',
    }),
    more: z.boolean().meta({ description: 'Whether the table has more rows' }),
  })
  .meta({ id: 'RowSample' });

export const columnSuggestionShape = columnSuggestionSchema.meta({ id: 'ColumnSuggestion' });

export const tableShape = tableViewSchema.meta({ id: 'Table' });

export const tableWithColumnsShape = tableViewSchema
  .extend({
    columns: z
      .array(z.object({ name: z.string(), type: z.string() }))
      .nullable()
      .meta({ description: 'As the source has them now; null where it does not answer' }),
  })
  .meta({ id: 'TableWithColumns' });

export const projectShape = projectSchema.meta({ id: 'Project' });
export const workspaceShape = workspaceSchema.meta({ id: 'Workspace' });
export const projectMemberShape = projectMemberSchema.meta({ id: 'ProjectMember' });
export const directoryShape = directorySchema.meta({ id: 'Directory' });

export const changeShape = changeSchema.meta({ id: 'Change' });

export const tenantShape = tenantSchema.meta({ id: 'Tenant' });
export const userShape = userSchema.meta({ id: 'User' });
export const keyShape = keySchema.meta({ id: 'Key' });
export const accessKeyShape = accessKeySchema.meta({ id: 'AccessKey' });
export const resourceGroupShape = resourceGroupSchema.meta({ id: 'ResourceGroup' });
export const grantShape = grantSchema.meta({ id: 'Grant' });
export const auditEntryShape = auditEntrySchema.meta({ id: 'AuditEntry' });

export const callerShape = z
  .object({
    tenant: z.string(),
    userId: z.string(),
    name: z.string(),
    role: z.enum(roles),
  })
  .meta({ id: 'Caller' });

export const sessionShape = callerShape
  .extend({
    csrfToken: z.string().nullable().meta({
      description:
        'For `X-CSRF-Token`, with every call that changes something; null: it came with a key',
    }),
    expiresAt: z.string().nullable().meta({
      description: 'When the session ends if nothing more comes of it; null: it came with a key',
    }),
  })
  .meta({ id: 'Session' });

const codeShown = 'Shown this once; null where an `Idempotency-Key` repeats the call';

export const signInCodeShape = z
  .object({
    code: z.string().nullable().meta({ description: codeShown }),
    url: z.string().nullable().meta({ description: 'Address in the console that signs in' }),
    expiresAt: z.string(),
  })
  .meta({ id: 'SignInCode' });
