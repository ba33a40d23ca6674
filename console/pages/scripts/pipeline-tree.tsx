import { Input } from 'antd';
import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { Loading, Nothing, ProblemView } from '../../ui/states';
import { ItemDialog, type ItemEdit } from './item-dialog';
import { NewMenu } from './new-menu';
import type { Environment, Place, Project } from './place';
import { TreeFolder, type ScriptRow } from './tree-folder';
import { found, root, treeOf, wayTo, type Folder } from './tree-of';

/** The tree of one project and environment, or why there is none yet. */
export function usePipeline(project: Project, { environment, ready }: Place) {
  const t = useT();
  const { data, error, refetch } = useCall(
    'GET /scripts:tree',
    { query: { project: project.id } },
    { enabled: ready },
  );
  const rootName = t('scripts.root');
  const tree = useMemo(
    () => data && treeOf(data.directories, data.scripts.filter(belongsTo(environment)), rootName),
    [data, environment, rootName],
  );
  const retry = () => void refetch();
  return { tree, problem: error, retry, truncated: data?.truncated ?? false };
}

/** In production are the scripts that were made there, and those that were published into it. */
const belongsTo =
  (environment: Environment | null) =>
  (script: ScriptRow): boolean =>
    environment === null ||
    script.environment === environment ||
    (environment === 'Prod' && script.publishedVersion !== null);

/** `Batch Pipeline`: directories and scripts, with the `New` icon above them. */
export function PipelineTree({ place, project }: { place: Place; project: Project }) {
  const t = useT();
  const [search, setSearch] = useState('');
  const [edit, setEdit] = useState<ItemEdit | null>(null);
  const { tree, problem, retry, truncated } = usePipeline(project, place);
  return (
    <section aria-label={t('scripts.pipeline')}>
      <div className="pipeline-head">
        <h2>{t('scripts.pipeline')}</h2>
        <NewMenu
          label={t('act.new')}
          directory={root}
          blocked={place.ready ? null : t('project.chooseEnvironment')}
          onEdit={setEdit}
        />
      </div>
      {!place.ready ? (
        <Nothing title={t('project.chooseEnvironment')} />
      ) : problem ? (
        <ProblemView problem={problem} retry={retry} />
      ) : tree === undefined ? (
        <Loading rows={4} />
      ) : (
        <>
          <Input.Search
            allowClear
            aria-label={t('scripts.search')}
            placeholder={t('scripts.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <Folders tree={tree} search={search} onEdit={setEdit} />
          {truncated && <p className="under">{t('scripts.truncated')}</p>}
        </>
      )}
      {edit && tree && (
        <ItemDialog edit={edit} tree={tree} project={project.id} close={() => setEdit(null)} />
      )}
    </section>
  );
}

interface FoldersProps {
  tree: Folder<ScriptRow>;
  search: string;
  onEdit: (edit: ItemEdit) => void;
}

function Folders({ tree, search, onEdit }: FoldersProps) {
  const t = useT();
  const { scriptId } = useParams();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set([root]));
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const shown = found(tree, search);
  const way = scriptId ? wayTo(tree, scriptId) : null;
  // What holds the open script is open, until a person closes it.
  const isOpen = (id: string) =>
    search.trim() !== '' || (!closed.has(id) && (opened.has(id) || (way?.includes(id) ?? false)));
  const toggle = (id: string) => {
    const open = isOpen(id);
    setOpened((before) => withOrWithout(before, id, !open));
    setClosed((before) => withOrWithout(before, id, open));
  };
  const isEmpty = shown.folders.length === 0 && shown.scripts.length === 0;
  return (
    <>
      <ul className="tree" aria-label={t('scripts.tree')}>
        <TreeFolder folder={shown} isOpen={isOpen} toggle={toggle} onEdit={onEdit} />
      </ul>
      {isEmpty && (
        <Nothing title={t(search ? 'list.noMatch' : 'scripts.none')}>
          {!search && <p className="faint">{t('scripts.noneMore')}</p>}
        </Nothing>
      )}
    </>
  );
}

function withOrWithout(before: ReadonlySet<string>, id: string, has: boolean): ReadonlySet<string> {
  const after = new Set(before);
  if (has) after.add(id);
  else after.delete(id);
  return after;
}
