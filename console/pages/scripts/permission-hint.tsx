import { useState } from 'react';
import { useSession } from '../../api/session';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { CodeBlock } from '../../ui/copy';

interface PermissionHintProps {
  side: 'source' | 'target';
  /** Data sources that are not offered for want of a grant. */
  closed: readonly Schemas['Connection'][];
}

/** Says what is offered, and how to ask for the rest: a text that is ready to be sent. */
export function PermissionHint({ side, closed }: PermissionHintProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { userId } = useSession();
  const names = closed.map(({ name }) => name);
  const request = closed
    .map(({ name, mayRead, mayWrite }) => {
      const granted = { read: mayRead || side === 'source', write: mayWrite || side === 'target' };
      return `PUT /api/v1/users/${userId}/grants/${name} ${JSON.stringify(granted)}`;
    })
    .join('\n');
  return (
    <div className="permission-hint">
      {t(side === 'source' ? 'create.onlyRead' : 'create.onlyWrite')}{' '}
      <button
        type="button"
        className="link-button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t('create.howToAsk')}
      </button>
      {open && (
        <div role="note">
          {closed.length === 0 ? (
            <p>{t('create.askNone')}</p>
          ) : (
            <>
              <p>{t('create.askText', { names: names.join(', ') })}</p>
              <CodeBlock code={request} label={t('create.askLabel')} />
            </>
          )}
        </div>
      )}
    </div>
  );
}
