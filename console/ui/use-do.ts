/** Acts of a person: done, then said; refused, then said why. */
import { App } from 'antd';
import { useCallback } from 'react';
import type { ApiProblem, CallName, Input, Answer } from '../api/client';
import type { ChangeKind } from '../api/changes';
import { useAction } from '../api/hooks';
import { useT } from '../i18n';
import { headingOf, linesOf } from './problem-heading';

/**
 * @returns does it; null where it was refused, which has been said then, unless `handles` took the
 * refusal on
 */
export function useDo<Name extends CallName>(
  name: Name,
  touches: readonly ChangeKind[],
): {
  act: (
    input: Input<Name>,
    done?: string,
    handles?: (problem: ApiProblem) => boolean,
  ) => Promise<Answer<Name> | null>;
  busy: boolean;
} {
  const { mutateAsync, isPending } = useAction(name, touches);
  const t = useT();
  const { message, notification } = App.useApp();
  const act = useCallback(
    async (
      input: Input<Name>,
      done?: string,
      handles: (problem: ApiProblem) => boolean = () => false,
    ) => {
      try {
        const answer = await mutateAsync(input);
        // Under its own words as key: what was asked for twice is said once.
        if (done) message.success({ key: done, content: done });
        return answer ?? (true as never);
      } catch (error) {
        if (handles(error as ApiProblem)) return null;
        const problem = error as ApiProblem;
        const heading = headingOf(problem, t);
        const lines = linesOf(problem, heading);
        notification.error({
          key: [heading, problem.message].join(' '),
          title: heading ?? problem.message,
          ...(lines.length > 0 && { description: lines.join('\n') }),
          role: 'alert',
          // Long enough to be read.
          duration: 12,
        });
        return null;
      }
    },
    [mutateAsync, message, notification, t],
  );
  return { act, busy: isPending };
}

interface Confirmation {
  title: string;
  text: string;
  /** What the button says that does it. */
  yes: string;
  danger?: boolean;
}

/** Asks before something is done that cannot be taken back. */
export function useConfirm(): (ask: Confirmation, then: () => Promise<unknown>) => void {
  const { modal } = App.useApp();
  const t = useT();
  return useCallback(
    ({ title, text, yes, danger = true }, then) => {
      modal.confirm({
        title,
        content: text,
        okText: yes,
        cancelText: t('act.cancel'),
        okButtonProps: { danger },
        autoFocusButton: 'cancel',
        onOk: then,
      });
    },
    [modal, t],
  );
}
