import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMay, useSession } from '../../api/session';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { CopyButton } from '../../ui/copy';
import { Facts, Panel } from '../../ui/page';
import { UserDialog } from '../users/dialog';

/** Who a user is for each surface: by id, by account, and whether those alone are enough to trigger. */
export function Identity({ user }: { user: Schemas['User'] }) {
  const t = useT();
  const { tenant } = useSession();
  const isAdmin = useMay('admin');
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title={t('identity.title')}
      extra={
        <span className="row-actions">
          {isAdmin && (
            <Link to={`/audit?actor=${encodeURIComponent(user.name)}`}>{t('nav.audit')}</Link>
          )}
          <ActionButton needs="admin" onClick={() => setEditing(true)}>
            {t('act.edit')}
          </ActionButton>
        </span>
      }
    >
      <Facts
        items={[
          [t('users.name'), user.name],
          [t('users.role'), t(`roles.${user.role}`)],
          [
            t('integration.tenant'),
            <Copied key="t" text={tenant} label={t('integration.tenant')} />,
          ],
          [t('identity.id'), <Copied key="i" text={user.id} label={t('identity.id')} />],
          [
            t('users.account'),
            user.account === null ? (
              '–'
            ) : (
              <Copied key="a" text={user.account} label={t('users.account')} />
            ),
          ],
          [
            t('users.identityTriggers'),
            t(user.identityTriggers ? 'identity.allowed' : 'identity.denied'),
          ],
        ]}
      />
      <p className="under">{t('identity.about')}</p>
      {editing && <UserDialog user={user} close={() => setEditing(false)} />}
    </Panel>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="tenant">
      <code className="mono">{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  );
}
