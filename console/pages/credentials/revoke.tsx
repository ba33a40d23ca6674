import { Button } from 'antd';
import { useT } from '../../i18n';
import { useConfirm } from '../../ui/use-do';

interface RevokeProps {
  name: string;
  /** Does it, and says what was done. */
  act: (done: string) => Promise<unknown>;
}

/** Takes a credential away, after a question. */
export function Revoke({ name, act }: RevokeProps) {
  const t = useT();
  const confirm = useConfirm();
  const ask = () =>
    confirm(
      { title: t('keys.revokeTitle', { name }), text: t('keys.revokeText'), yes: t('keys.revoke') },
      () => act(t('keys.revoked')),
    );
  return (
    <Button danger size="small" onClick={ask} aria-label={`${t('keys.revoke')}: ${name}`}>
      {t('keys.revoke')}
    </Button>
  );
}
