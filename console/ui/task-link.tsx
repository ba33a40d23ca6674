import { Link } from 'react-router';
import type { KnownTask } from '../api/tasks';
import { useT } from '../i18n';
import { Tag } from './status-tag';

interface TaskLinkProps {
  id: string;
  /** Undefined while it is not known. */
  task: KnownTask | undefined;
  to: string;
}

/** A task by its name; one that was removed has no page to lead to any more. */
export function TaskLink({ id, task, to }: TaskLinkProps) {
  const t = useT();
  if (task?.removed) {
    return (
      <span className="row-name">
        {task.name} <Tag tone="idle">{t('task.gone')}</Tag>
      </span>
    );
  }
  return (
    <Link to={to} className="row-name">
      {task?.name ?? id}
    </Link>
  );
}
