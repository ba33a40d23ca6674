import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import type { LiveState } from '../api/live';
import { useT } from '../i18n';

/** A blink of the connection is not worth a word. */
const patienceMs = 800;

/** Says that what is shown may be old, while the server is not reached. */
export function OfflineBar({ state }: { state: LiveState }) {
  const t = useT();
  const offline = state === 'offline';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!offline) setShown(false);
    const timer = offline ? setTimeout(() => setShown(true), patienceMs) : undefined;
    return () => clearTimeout(timer);
  }, [offline]);
  return (
    <div aria-live="polite" data-live={state}>
      {shown && (
        <Alert
          banner
          type="warning"
          title={t('state.offline')}
          description={t('state.offlineMore')}
        />
      )}
    </div>
  );
}
