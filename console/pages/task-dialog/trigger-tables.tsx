import { Collapse, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { ActionButton } from '../../ui/action-button';
import { CodeBlock, CopyButton } from '../../ui/copy';
import { ProblemAlert } from '../../ui/problem-alert';
import { GateTag } from '../../ui/status-tag';
import { Time } from '../../ui/time';
import { useConfirm, useDo } from '../../ui/use-do';
import type { DraftUrls } from './draft';
import { snippetKinds, snippetOf, type SnippetKind } from './snippets';

interface TriggerTablesProps {
  /** The task as it is saved; null for a new one. */
  task: Schemas['Task'] | null;
  tables: readonly string[];
  markedByTask: readonly string[];
  onMarkedByTask: (tables: string[]) => void;
  draft: DraftUrls;
}

/** Each table with its trigger status and its URL, which is there before anything is saved. */
export function TriggerTables(props: TriggerTablesProps) {
  const { task, tables, markedByTask, draft } = props;
  const t = useT();
  const mayRead = useMay('operator');
  const isSaved = task?.kind === 'triggered';
  const params = { id: task?.id ?? '' };
  const saved = useCall(
    'GET /tasks/{id}/trigger-urls',
    { params },
    { enabled: isSaved && mayRead },
  );
  const savedUrls = new Map(saved.data?.items.map((item) => [item.table, item]));
  const urlOf = (table: string) => savedUrls.get(table)?.url ?? draft.urlOf(table);
  if (tables.length === 0) return <p className="faint">{t('trigger.pickFirst')}</p>;
  const called = tables.filter((table) => !markedByTask.includes(table));
  const shown = called.flatMap((table) => {
    const url = urlOf(table);
    return url === null ? [] : [{ table, url }];
  });
  return (
    <section aria-label={t('trigger.title')} className="trigger-tables">
      <p className="under">{t('trigger.about')}</p>
      {draft.problem && task === null && <ProblemAlert problem={draft.problem} />}
      <ul>
        {tables.map((table) => (
          <TriggerTable
            key={table}
            {...props}
            table={table}
            url={urlOf(table)}
            saved={savedUrls.get(table) ?? null}
          />
        ))}
      </ul>
      {shown.length > 0 && (
        <Collapse
          size="small"
          items={[
            { key: 'calls', label: t('trigger.snippets'), children: <Snippets urls={shown} /> },
          ]}
        />
      )}
    </section>
  );
}

function TriggerTable({
  task,
  table,
  url,
  saved,
  markedByTask,
  onMarkedByTask,
}: TriggerTablesProps & {
  table: string;
  url: string | null;
  saved: Schemas['TriggerUrl'] | null;
}) {
  const t = useT();
  const mark = task?.gate?.tables.find((one) => one.table === table);
  const byTask = markedByTask.includes(table);
  return (
    <li>
      <div className="trigger-head">
        <strong>{table}</strong>
        <GateTag status={mark?.status ?? 'Not Triggered'} />
        {mark?.at && (
          <span className="under">
            <Time at={mark.at} zone={task?.timezone} /> {mark.caller}
          </span>
        )}
        <Select
          size="small"
          className="marked-by"
          aria-label={t('trigger.markedBy', { table })}
          value={byTask ? 'task' : 'url'}
          onChange={(by) =>
            onMarkedByTask(
              by === 'task'
                ? [...markedByTask, table]
                : markedByTask.filter((one) => one !== table),
            )
          }
          options={[
            { value: 'url', label: t('trigger.byUrl') },
            { value: 'task', label: t('trigger.byTask') },
          ]}
        />
      </div>
      {byTask ? (
        <p className="under">{t('trigger.byTaskMore')}</p>
      ) : (
        <div className="trigger-url">
          <Input
            readOnly
            className="mono"
            aria-label={t('trigger.urlOf', { table })}
            value={url ?? ''}
            placeholder={t('trigger.afterSave')}
            onFocus={(event) => event.target.select()}
          />
          {url && <CopyButton text={url} label={t('trigger.urlOf', { table })} />}
          {saved && task && <RotateButton taskId={task.id} table={table} />}
        </div>
      )}
      {saved?.lastUsedAt && (
        <p className="under">
          {t('trigger.lastUsed')} <Time at={saved.lastUsedAt} zone={task?.timezone} />{' '}
          {saved.lastCaller}
        </p>
      )}
    </li>
  );
}

function RotateButton({ taskId, table }: { taskId: string; table: string }) {
  const t = useT();
  const confirm = useConfirm();
  const { act } = useDo('POST /tasks/{id}/trigger-urls/{table}:rotate', ['task']);
  const ask = () =>
    confirm(
      { title: t('rotate.title', { table }), text: t('rotate.text'), yes: t('act.rotate') },
      () => act({ params: { id: taskId, table } }, t('rotate.done')),
    );
  return (
    <ActionButton
      needs="developer"
      size="small"
      onClick={ask}
      aria-label={`${t('act.rotate')} ${table}`}
    >
      {t('act.rotate')}
    </ActionButton>
  );
}

function Snippets({ urls }: { urls: readonly { table: string; url: string }[] }) {
  const t = useT();
  const [kind, setKind] = useState<SnippetKind>('curl');
  const [chosen, setChosen] = useState<string | null>(null);
  const of = urls.find(({ table }) => table === chosen) ?? urls[0];
  if (of === undefined) return null;
  return (
    <div className="snippets">
      <Select
        aria-label={t('trigger.table')}
        value={of.table}
        onChange={setChosen}
        options={urls.map(({ table }) => ({ value: table, label: table }))}
      />
      <Segmented
        aria-label={t('trigger.caller')}
        value={kind}
        onChange={setKind}
        options={snippetKinds.map((one) => ({ value: one, label: t(`snippet.${one}`) }))}
      />
      <CodeBlock code={snippetOf(kind, of.table, of.url)} label={t(`snippet.${kind}`)} />
    </div>
  );
}
