/** The text that is being written: what of it is saved, and whether somebody else has saved meanwhile. */
import { App } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiProblem, Schemas } from '../../../api/client';
import { useAction } from '../../../api/hooks';
import { useT } from '../../../i18n';
import { lengthOf } from '../rules';

type Script = Schemas['Script'];

export const maxLength = 500_000;

export interface Draft {
  text: string;
  write: (text: string) => void;
  isDirty: boolean;
  /** That of the text as it is saved. */
  version: number;
  busy: boolean;
  /** @returns false where it was not saved, which has been said then */
  save: () => Promise<boolean>;
  /** The text that somebody else has saved since, where this one was changed too; null: none has. */
  theirs: string | null;
  /** Goes on from what they have saved. */
  takeTheirs: () => void;
}

/** @param show puts a text into the editor */
export function useDraft(script: Script, show: (text: string) => void): Draft {
  const t = useT();
  const { message, notification } = App.useApp();
  const [text, setText] = useState(script.text);
  const [saved, setSaved] = useState({ text: script.text, version: script.version });
  const saving = useAction('PATCH /scripts/{id}', ['script']);
  const isDirty = text !== saved.text;
  const isNewer = script.version > saved.version;
  const take = useCallback(() => {
    setSaved({ text: script.text, version: script.version });
    setText(script.text);
    show(script.text);
  }, [script.text, script.version, show]);
  useEffect(() => {
    if (!isNewer || saving.isPending) return;
    // A new name or a move leaves the text as it was; and two may have written the same.
    if (script.text === saved.text || script.text === text) {
      setSaved({ text: script.text, version: script.version });
    } else if (!isDirty) take();
  }, [isNewer, isDirty, saving.isPending, script, saved.text, text, take]);

  const now = useRef({ text, saved });
  now.current = { text, saved };
  const { mutateAsync } = saving;
  const save = useCallback(async () => {
    const { text: written, saved: before } = now.current;
    try {
      const length = lengthOf(written);
      if (length > maxLength) throw new Error(t('script.tooLong', { length, most: maxLength }));
      const { version } = await mutateAsync({
        params: { id: script.id },
        body: { text: written },
        headers: { 'If-Match': `"${before.version}"` },
      });
      setSaved({ text: written, version });
      message.success({ key: 'saved', content: t('script.saved') });
      return true;
    } catch (error) {
      const { code, message: why, fields } = error as Partial<ApiProblem> & Error;
      const title = code === 'staleVersion' ? t('script.changedMeanwhile') : why;
      notification.error({ title, description: fields?.[0]?.message, role: 'alert' });
      return false;
    }
  }, [message, mutateAsync, notification, script.id, t]);
  const isTheirs = isNewer && !saving.isPending && script.text !== saved.text;
  return {
    ...{ text, write: setText, isDirty, save, version: saved.version, busy: saving.isPending },
    theirs: isTheirs && isDirty && script.text !== text ? script.text : null,
    takeTheirs: take,
  };
}
