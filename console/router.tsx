/** The pages, each loaded when it is first opened. */
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { Shell } from './layout/shell';
import { Loading } from './ui/states';
import { NotFound, PageFault } from './pages/faults';

const tasks = async () => ({ Component: (await import('./pages/tasks/page')).TasksPage });
const dialog = async () => ({ Component: (await import('./pages/task-dialog/dialog')).TaskDialog });

/** The list of tasks with its dialog above it, wherever the menu leads to it from. */
const tasksAt = (path: string): RouteObject => ({
  path,
  lazy: tasks,
  children: [
    { path: 'new', lazy: dialog },
    { path: ':taskId/edit', lazy: dialog },
  ],
});

export const router = createBrowserRouter([
  {
    element: <Shell />,
    hydrateFallbackElement: <Loading />,
    errorElement: <PageFault />,
    children: [
      {
        errorElement: <PageFault />,
        children: [
          {
            path: '/',
            lazy: async () => ({ Component: (await import('./pages/overview')).Overview }),
          },
          { path: '/sign-in', element: <Navigate to="/" replace /> },
          tasksAt('/tasks'),
          tasksAt('/import/tasks'),
          {
            path: '/tasks/:taskId',
            lazy: async () => ({ Component: (await import('./pages/task/page')).TaskPage }),
            children: [
              {
                path: 'records',
                lazy: async () => ({
                  Component: (await import('./pages/task/records')).RecordsTab,
                }),
              },
              {
                path: 'records/:runId',
                lazy: async () => ({ Component: (await import('./pages/task/run')).RunTab }),
              },
              {
                path: 'triggers',
                lazy: async () => ({ Component: (await import('./pages/task/ledger')).LedgerTab }),
              },
              {
                path: 'instances',
                lazy: async () => ({
                  Component: (await import('./pages/task/instances')).InstancesTab,
                }),
              },
              {
                path: 'id-mapping',
                lazy: async () => ({
                  Component: (await import('./pages/id-mapping/page')).IdMappingTab,
                }),
              },
              {
                index: true,
                lazy: async () => ({
                  Component: (await import('./pages/task/summary')).SummaryTab,
                }),
              },
            ],
          },
          {
            path: '/runs',
            lazy: async () => ({ Component: (await import('./pages/runs')).RunsPage }),
          },
          {
            path: '/waiting',
            lazy: async () => ({ Component: (await import('./pages/waiting/page')).WaitingPage }),
          },
          {
            path: '/connections',
            lazy: async () => ({
              Component: (await import('./pages/connections/page')).ConnectionsPage,
            }),
          },
          {
            path: '/connections/:name',
            lazy: async () => ({
              Component: (await import('./pages/connections/browse')).BrowsePage,
            }),
          },
          {
            path: '/tables',
            lazy: async () => ({ Component: (await import('./pages/tables/page')).TablesPage }),
          },
          {
            path: '/tables/:table',
            lazy: async () => ({ Component: (await import('./pages/tables/table')).TablePage }),
          },
          {
            path: '/catalog',
            lazy: async () => ({ Component: (await import('./pages/catalog/page')).CatalogPage }),
            children: [
              {
                // No table has a name without dots.
                path: 'new',
                lazy: async () => ({
                  Component: (await import('./pages/catalog/dialog')).CollectionDialog,
                }),
              },
            ],
          },
          {
            path: '/catalog/:table',
            lazy: async () => ({
              Component: (await import('./pages/catalog/table')).CatalogTablePage,
            }),
          },
          {
            path: '/backfills',
            lazy: async () => ({
              Component: (await import('./pages/backfills/page')).BackfillsPage,
            }),
          },
          {
            path: '/backfills/new',
            lazy: async () => ({
              Component: (await import('./pages/backfills/wizard')).BackfillWizard,
            }),
          },
          {
            path: '/backfills/:id',
            lazy: async () => ({
              Component: (await import('./pages/backfills/backfill')).BackfillPage,
            }),
          },
          {
            path: '/lineage',
            lazy: async () => ({ Component: (await import('./pages/lineage/page')).LineagePage }),
          },
          {
            path: '/data-integration',
            lazy: async () => ({
              Component: (await import('./pages/scripts/page')).DataIntegrationPage,
            }),
            children: [
              {
                index: true,
                lazy: async () => ({
                  Component: (await import('./pages/scripts/start')).NothingChosen,
                }),
              },
              {
                path: 'new',
                lazy: async () => ({
                  Component: (await import('./pages/scripts/create-dialog')).CreateScriptDialog,
                }),
              },
              {
                path: ':scriptId',
                lazy: async () => ({
                  Component: (await import('./pages/scripts/script/page')).ScriptPage,
                }),
              },
              {
                path: ':scriptId/schedule',
                lazy: async () => ({
                  Component: (await import('./pages/scripts/schedule/page')).SchedulePage,
                }),
              },
            ],
          },
          {
            path: '/operation-center',
            lazy: async () => ({
              Component: (await import('./pages/operation-center/page')).OperationCenterPage,
            }),
          },
          {
            path: '/integration',
            lazy: async () => ({
              Component: (await import('./pages/integration/page')).IntegrationPage,
            }),
          },
          ...['/credentials', '/credentials/:userId'].map((path) => ({
            path,
            lazy: async () => ({
              Component: (await import('./pages/credentials/page')).CredentialsPage,
            }),
          })),
          {
            path: '/users',
            lazy: async () => ({ Component: (await import('./pages/users/page')).UsersPage }),
          },
          {
            path: '/audit',
            lazy: async () => ({ Component: (await import('./pages/audit/page')).AuditPage }),
          },
          {
            path: '/api-calls',
            lazy: async () => ({ Component: (await import('./pages/api/page')).ApiPage }),
          },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
]);
