import { Button, Drawer, Select } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useCall } from '../../../api/hooks';
import { useWords } from '../../../i18n';
import { useIsDark } from '../../../theme';
import { ActionButton } from '../../../ui/action-button';
import { useNarrow } from '../../../ui/media';
import { Pager, SaveButton } from '../../../ui/data-list';
import { usePaged } from '../../../ui/paged';
import { Answered, Loading, Nothing, ProblemView } from '../../../ui/states';
import { Tag } from '../../../ui/status-tag';
import { Time } from '../../../ui/time';
import { useConfirm, useDo } from '../../../ui/use-do';
import { DiffView } from '../editor/diff-view';
import { Analysis } from './analysis';
import { SettingsDiff } from './settings-diff';
import type { Draft } from './use-draft';

type Script = Schemas['Script'];
type Version = Schemas['ScriptVersionRow'];

interface VersionsDrawerProps {
  script: Script;
  draft: Draft;
  close: () => void;
}

/** All versions, what each changed, and the way back to one. */
export function VersionsDrawer({ script, draft, close }: VersionsDrawerProps) {
  const { t } = useWords();
  const narrow = useNarrow();
  const [shown, setShown] = useState<number | null>(null);
  const list = usePaged('GET /scripts/{id}/versions', { params: { id: script.id } });
  return (
    <Drawer
      open
      title={t('version.title')}
      size={narrow ? '100%' : 1080}
      onClose={close}
      className="versions-drawer"
    >
      {shown !== null ? (
        <VersionDetails
          script={script}
          draft={draft}
          version={shown}
          versions={list.rows ?? []}
          back={() => setShown(null)}
        />
      ) : list.problem ? (
        <ProblemView problem={list.problem} retry={list.retry} />
      ) : list.rows === undefined ? (
        <Loading />
      ) : list.rows.length === 0 ? (
        <Nothing title={t('version.none')} />
      ) : (
        <>
          <div className="list-bar">
            <SaveButton
              name={`versions-of-${script.name}`}
              head={[t('catalog.version'), t('audit.actor'), t('audit.at'), t('submit.remarks')]}
              lines={async () =>
                (await list.all()).map(({ version, authorName, createdAt, remarks }) => [
                  ...[version, authorName, createdAt, remarks],
                ])
              }
            />
          </div>
          <ul className="versions" aria-label={t('version.title')}>
            {list.rows.map((version) => (
              <VersionLine
                key={version.version}
                version={version}
                onShow={() => setShown(version.version)}
              />
            ))}
          </ul>
        </>
      )}
      {shown === null && <Pager {...list} />}
    </Drawer>
  );
}

function VersionLine({ version, onShow }: { version: Version; onShow: () => void }) {
  const { t } = useWords();
  return (
    <li>
      <strong>{t('version.number', { version: version.version })}</strong>
      <VersionTags version={version} />
      <span className="faint">
        {version.authorName} · <Time at={version.createdAt} />
      </span>
      <Button
        size="small"
        onClick={onShow}
        aria-label={`${t('version.compare')}: ${version.version}`}
      >
        {t('version.compare')}
      </Button>
      <p>{version.remarks || <span className="faint">{t('version.noRemarks')}</span>}</p>
    </li>
  );
}

function VersionTags({ version: { submitted, published } }: { version: Version }) {
  const { t } = useWords();
  return (
    <>
      {published && <Tag tone="good">{t('version.inProduction')}</Tag>}
      {submitted && !published && <Tag tone="live">{t('script.state.submitted')}</Tag>}
    </>
  );
}

interface VersionDetailsProps {
  script: Script;
  draft: Draft;
  version: number;
  versions: readonly Version[];
  back: () => void;
}

/** A version beside the draft or another version. */
function VersionDetails({ script, draft, version, versions, back }: VersionDetailsProps) {
  const { t } = useWords();
  const [against, setAgainst] = useState<number | 'draft'>('draft');
  const read = useCall('GET /scripts/{id}/versions/{version}', {
    params: { id: script.id, version: String(version) },
  });
  const others = versions.filter((one) => one.version !== version);
  return (
    <div className="version-details">
      <div className="version-bar">
        <Button onClick={back}>{t('wizard.back')}</Button>
        <span>{t('version.from', { version })}</span>
        <Select
          aria-label={t('version.against')}
          value={against}
          onChange={setAgainst}
          options={[
            { value: 'draft' as const, label: t('version.draft') },
            ...others.map((one) => ({
              value: one.version,
              label: t('version.number', { version: one.version }),
            })),
          ]}
        />
        <RollBack script={script} draft={draft} version={version} />
      </div>
      <Answered of={read}>
        {(one) => (
          <>
            <Compared before={one.text} version={version} after={{ script, draft, against }} />
            <SettingsDiff scriptId={script.id} from={version} to={against} />
            <Analysis checks={one.checks} lineage={one.lineage} />
          </>
        )}
      </Answered>
    </div>
  );
}

interface ComparedProps {
  before: string;
  version: number;
  after: { script: Script; draft: Draft; against: number | 'draft' };
}

function Compared({ before, version, after: { script, draft, against } }: ComparedProps) {
  const { t, locale } = useWords();
  const narrow = useNarrow();
  const dark = useIsDark();
  const other = useCall(
    'GET /scripts/{id}/versions/{version}',
    { params: { id: script.id, version: String(against) } },
    { enabled: against !== 'draft' },
  );
  const text = against === 'draft' ? draft.text : other.data?.text;
  if (text === undefined) return <Loading />;
  return (
    <>
      {text === before && <p className="faint">{t('version.same')}</p>}
      <DiffView
        {...{ before, after: text, narrow, dark, locale }}
        labelBefore={t('version.number', { version })}
        labelAfter={
          against === 'draft' ? t('version.draft') : t('version.number', { version: against })
        }
      />
    </>
  );
}

function RollBack({ script, draft, version }: { script: Script; draft: Draft; version: number }) {
  const { t } = useWords();
  const confirm = useConfirm();
  const { act, busy } = useDo('POST /scripts/{id}:roll-back', ['script', 'task']);
  const ask = () =>
    confirm(
      {
        title: t('version.rollBackTitle', { version }),
        text: t('version.rollBackText'),
        yes: t('version.rollBack'),
      },
      () =>
        act({ params: { id: script.id }, body: { version } }, t('version.rolledBack', { version })),
    );
  return (
    <ActionButton
      needs="developer"
      danger
      loading={busy}
      blocked={draft.isDirty ? t('version.saveFirst') : null}
      onClick={ask}
    >
      {t('version.rollBack')}
    </ActionButton>
  );
}
