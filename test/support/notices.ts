import type { Notice } from '../../model/notice';

export function aNotice(change: Partial<Notice> = {}): Notice {
  return {
    id: '0f'.repeat(16),
    event: 'gateLate',
    tenant: 'default',
    at: '2026-01-02T04:00:00.000Z',
    task: { id: '3f'.repeat(16), name: 'Unify' },
    scheduleTime: '2026-01-02T03:00:00.000Z',
    missingTables: ['crm.main.orders'],
    run: null,
    message: 'Unify still waits for crm.main.orders.',
    ...change,
  };
}
