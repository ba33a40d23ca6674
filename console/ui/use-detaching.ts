import type { ApiProblem } from '../api/client';
import { useT } from '../i18n';
import { useConfirm } from './use-do';

/**
 * @param query what it is called with
 * @param handle told of a refusal; true where it has dealt with it
 * @returns whether it was done
 */
type Attempt = (
  query: { detach?: true },
  handle?: (problem: ApiProblem) => boolean,
) => Promise<boolean>;

/** Does what takes a task away; where others need it, it asks whether they may be detached. */
export function useDetaching(): (attempt: Attempt, onDone?: () => void) => Promise<void> {
  const t = useT();
  const confirm = useConfirm();
  return async (attempt, onDone) => {
    const isDone = await attempt({}, ({ code, message }) => {
      if (code !== 'taskInUse') return false;
      confirm(
        {
          title: t('remove.detachTitle'),
          text: `${message} ${t('remove.detachText')}`,
          yes: t('remove.detach'),
        },
        async () => {
          if (await attempt({ detach: true })) onDone?.();
        },
      );
      return true;
    });
    if (isDone) onDone?.();
  };
}
