import { Button, Tooltip, type ButtonProps } from 'antd';
import { useMay } from '../api/session';
import type { Role } from '../api/roles';
import { useT } from '../i18n';

export interface ActionButtonProps extends Omit<ButtonProps, 'disabled'> {
  /** The least role that may. */
  needs: Role;
  /** Why it cannot be done now, whoever asks. */
  blocked?: string | null;
  /** Shown on hover where it can be done. */
  hint?: string;
}

/** A button that says why it is disabled. */
export function ActionButton({ needs, blocked = null, hint, ...button }: ActionButtonProps) {
  const t = useT();
  const may = useMay(needs);
  const reason = may ? blocked : t('roles.needed', { role: t(`roles.${needs}`) });
  // Most have nothing to say, and lists have hundreds of them.
  if (reason === null && hint === undefined) {
    return (
      <span className="action">
        <Button {...button} />
      </span>
    );
  }
  return (
    <Tooltip title={reason ?? hint}>
      {/* A disabled button hears no pointer; what is around it does. */}
      <span
        className="action"
        {...(reason !== null && { tabIndex: 0, 'aria-label': reason, role: 'note' })}
      >
        <Button {...button} disabled={reason !== null} />
      </span>
    </Tooltip>
  );
}
