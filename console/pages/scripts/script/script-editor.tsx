import { Alert, Button } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { call, type Schemas } from '../../../api/client';
import { useMay } from '../../../api/session';
import { useWords } from '../../../i18n';
import { useIsDark } from '../../../theme';
import { countText } from '../../../ui/format';
import { Page } from '../../../ui/page';
import { readAll } from '../../../ui/paged';
import { Ago } from '../../../ui/time';
import { useUnsavedGuard } from '../../../ui/unsaved-guard';
import { CodeEditor, type EditorHandle } from '../editor/code-editor';
import type { JsonSchema } from '../editor/suggestions';
import { lengthOf } from '../rules';
import { StateTags } from '../state-tags';
import { ProblemList } from './problem-list';
import { SubmitDialog } from './submit-dialog';
import { Toolbar } from './toolbar';
import { maxLength, useDraft } from './use-draft';
import { useProblems } from './use-problems';
import { VersionsDrawer } from './versions-drawer';

/** The canvas: a menu bar, the script as code, and what is wrong with it. */
export function ScriptEditor({ script }: { script: Schemas['Script'] }) {
  const { t, locale } = useWords();
  const dark = useIsDark();
  const mayWrite = useMay('developer');
  const editor = useRef<EditorHandle>(null);
  const show = useCallback((text: string) => editor.current?.replace(text), []);
  const draft = useDraft(script, show);
  const problems = useProblems(draft.text);
  const [open, setOpen] = useState<'submit' | 'versions' | null>(null);
  useUnsavedGuard(draft.isDirty);
  const schema = useQuery({
    queryKey: ['GET /scripts:schema'],
    staleTime: Infinity,
    queryFn: async () => (await call('GET /scripts:schema', {})) as JsonSchema,
  });
  const connections = useQuery({
    queryKey: ['GET /connections', 'all'],
    queryFn: () => readAll('GET /connections', {}),
  });
  const length = lengthOf(draft.text);
  // What is checked and submitted is what is saved.
  const saveThenSubmit = async () => {
    if (!draft.isDirty || (await draft.save())) setOpen('submit');
  };
  const saveIfMay = () => void (mayWrite && draft.save());
  return (
    <Page
      title={script.name}
      crumbs={[
        { title: t('nav.development') },
        { title: t('nav.dataIntegration'), to: '/data-integration' },
      ]}
      about={
        <span className="task-head">
          <StateTags {...script} draftDiffers={script.draftDiffers || draft.isDirty} />
          <span className="mono">
            {script.source} → {script.target}
          </span>
          {script.description}
        </span>
      }
    >
      <Toolbar
        script={script}
        draft={draft}
        onFormat={() => editor.current?.format()}
        onSubmit={() => void saveThenSubmit()}
        onVersions={() => setOpen('versions')}
      />
      {draft.theirs !== null && (
        <Alert
          className="canvas-note"
          type="warning"
          showIcon
          role="alert"
          title={t('script.changedMeanwhile')}
          action={<Button onClick={draft.takeTheirs}>{t('script.takeTheirs')}</Button>}
        />
      )}
      <div className="canvas">
        <CodeEditor
          ref={editor}
          {...{ dark, locale, label: t('script.text') }}
          text={script.text}
          onChange={draft.write}
          onSave={saveIfMay}
          problems={problems.items}
          schema={schema.data}
          connections={connections.data ?? []}
          readOnly={!mayWrite}
        />
        <div className="canvas-foot">
          <ProblemList problems={problems} onChoose={(at) => editor.current?.goTo(at)} />
          <span className={length > maxLength ? 'bad' : 'faint'}>
            {t('script.length', {
              length: countText(length, locale),
              most: countText(maxLength, locale),
            })}
          </span>
          <span className="faint" aria-live="polite">
            {draft.isDirty ? t('script.notSaved') : t('script.saved')}{' '}
            <Ago key={script.updatedAt} at={script.updatedAt} />
          </span>
        </div>
      </div>
      {open === 'submit' && (
        <SubmitDialog script={{ ...script, version: draft.version }} close={() => setOpen(null)} />
      )}
      {open === 'versions' && (
        <VersionsDrawer script={script} draft={draft} close={() => setOpen(null)} />
      )}
    </Page>
  );
}
