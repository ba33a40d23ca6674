import { Link, useNavigate } from 'react-router';
import { useT } from '../i18n';
import { ActionButton } from './action-button';
import { useMay } from '../api/session';

/** What leads a new installation to its first run; nothing for those who may not go that way. */
export function FirstSteps({ newTask = '/tasks/new' }: { newTask?: string }) {
  const t = useT();
  const mayCreate = useMay('developer');
  if (!mayCreate) return null;
  const steps = [
    [t('first.connect'), '/connections'],
    [t('first.map'), '/tables'],
    [t('first.task'), newTask],
  ] as const;
  return (
    <ol className="first-steps">
      {steps.map(([text, to]) => (
        <li key={to}>
          <Link to={to}>{text}</Link>
        </li>
      ))}
    </ol>
  );
}

/** The last of these steps, once there is a table to begin with. */
export function FirstTask({ show }: { show: boolean }) {
  const t = useT();
  const navigate = useNavigate();
  if (!show) return null;
  return (
    <ActionButton needs="developer" onClick={() => void navigate('/tasks/new')}>
      {t('task.new')}
    </ActionButton>
  );
}
