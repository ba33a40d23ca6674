import { Link, useParams } from 'react-router';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useSession } from '../../api/session';
import { useT } from '../../i18n';
import { Page } from '../../ui/page';
import { Answered } from '../../ui/states';
import { AccessKeys } from './access-keys';
import { Grants } from './grants';
import { Identity } from './identity';
import { Keys } from './keys';
import { Memberships } from './projects';

/** The credentials and rights of the signed-in user, or, for admins, of any. */
export function CredentialsPage() {
  const { userId: own } = useSession();
  const { userId = own } = useParams();
  return userId === own ? <Own /> : <Others key={userId} userId={userId} />;
}

function Own() {
  const t = useT();
  const read = useCall('GET /me/user', {});
  return (
    <Answered of={read}>
      {(user) => <Credentials user={user} title={t('nav.credentials')} isOwn />}
    </Answered>
  );
}

function Others({ userId }: { userId: string }) {
  const read = useCall('GET /users/{id}', { params: { id: userId } });
  return (
    <Answered of={read}>
      {(user) => <Credentials user={user} title={user.name} isOwn={false} />}
    </Answered>
  );
}

interface CredentialsProps {
  user: Schemas['User'];
  title: string;
  isOwn: boolean;
}

function Credentials({ user, title, isOwn }: CredentialsProps) {
  const t = useT();
  const above = [{ title: t('nav.security') }];
  return (
    <Page
      title={title}
      crumbs={isOwn ? above : [...above, { title: t('nav.users'), to: '/users' }]}
      about={t('credentials.about')}
      actions={<Link to="/api-calls">{t('nav.api')}</Link>}
    >
      <Identity user={user} />
      <Keys userId={user.id} />
      <AccessKeys userId={user.id} />
      <Grants userId={user.id} isOwn={isOwn} />
      <Memberships userId={user.id} isOwn={isOwn} />
    </Page>
  );
}
