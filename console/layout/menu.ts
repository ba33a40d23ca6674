/** The areas of the console and what is in them. */
import type { MessageKey } from '../i18n';

export interface MenuEntry {
  key: string;
  label: MessageKey;
  /** Path of its page; groups have none. */
  to?: string;
  children?: MenuEntry[];
}

export interface Area {
  key: 'workspace' | 'development' | 'metrics';
  label: MessageKey;
  /** Where the area is entered. */
  to: string;
  menu: MenuEntry[];
}

const workspace: MenuEntry[] = [
  { key: 'overview', label: 'nav.overview', to: '/' },
  { key: 'tasks', label: 'nav.tasks', to: '/tasks' },
  { key: 'runs', label: 'nav.runs', to: '/runs' },
  { key: 'waiting', label: 'nav.waiting', to: '/waiting' },
  { key: 'backfills', label: 'nav.backfills', to: '/backfills' },
  { key: 'catalog', label: 'nav.catalog', to: '/catalog' },
  { key: 'lineage', label: 'nav.lineage', to: '/lineage' },
  {
    key: 'configuration',
    label: 'nav.configuration',
    children: [
      {
        key: 'access',
        label: 'nav.access',
        children: [
          { key: 'connections', label: 'nav.connections', to: '/connections' },
          { key: 'tables', label: 'nav.tables', to: '/tables' },
          {
            key: 'import',
            label: 'nav.import',
            children: [{ key: 'import-tasks', label: 'nav.tasks', to: '/import/tasks' }],
          },
        ],
      },
    ],
  },
];

const security: MenuEntry = {
  key: 'security',
  label: 'nav.security',
  children: [
    { key: 'credentials', label: 'nav.credentials', to: '/credentials' },
    { key: 'users', label: 'nav.users', to: '/users' },
    { key: 'audit', label: 'nav.audit', to: '/audit' },
  ],
};

const development: MenuEntry[] = [
  { key: 'data-integration', label: 'nav.dataIntegration', to: '/data-integration' },
  { key: 'operations', label: 'nav.operations', to: '/operation-center' },
];

const metrics: MenuEntry[] = [
  { key: 'integration', label: 'nav.integration', to: '/integration' },
  { key: 'api', label: 'nav.api', to: '/api-calls' },
];

export const areas: readonly Area[] = [
  { key: 'workspace', label: 'nav.workspace', to: '/', menu: [...workspace, security] },
  {
    key: 'development',
    label: 'nav.development',
    to: '/data-integration',
    menu: development,
  },
  { key: 'metrics', label: 'nav.metrics', to: '/integration', menu: metrics },
];

function walk(
  entries: readonly MenuEntry[],
  above: string[] = [],
): { entry: MenuEntry; above: string[] }[] {
  return entries.flatMap((entry) => [
    { entry, above },
    ...walk(entry.children ?? [], [...above, entry.key]),
  ]);
}

/** @returns the area of a path, its menu entry, and the groups that it lies in */
export function placeOf(path: string): { area: Area; key: string | null; groups: string[] } {
  const found = areas.flatMap((area) => walk(area.menu).map((place) => ({ area, ...place })));
  const fits = found.filter(
    ({ entry: { to } }) => to && (path === to || path.startsWith(`${to}/`)),
  );
  const best = fits.sort((a, b) => (b.entry.to?.length ?? 0) - (a.entry.to?.length ?? 0))[0];
  const [first] = areas;
  if (!best) return { area: first as Area, key: null, groups: [] };
  return { area: best.area, key: best.entry.key, groups: best.above };
}
