import { Alert } from 'antd';
import type { Role } from '../api/roles';
import { useT } from '../i18n';

/** Says above a form why nothing of it can be changed. */
export function RoleNeeded({ role }: { role: Role }) {
  const t = useT();
  return (
    <Alert
      className="dialog-problem"
      type="info"
      showIcon
      title={t('roles.needed', { role: t(`roles.${role}`) })}
    />
  );
}
