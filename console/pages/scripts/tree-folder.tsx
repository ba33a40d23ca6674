import {
  CaretDownOutlined,
  CaretRightOutlined,
  FileTextOutlined,
  FolderOpenOutlined,
  FolderOutlined,
  MoreOutlined,
} from '@ant-design/icons';
import { Tooltip, type MenuProps } from 'antd';
import { NavLink, useNavigate, useParams } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { MenuButton } from '../../ui/menu-button';
import { useConfirm, useDo } from '../../ui/use-do';
import type { ItemEdit } from './item-dialog';
import { NewMenu } from './new-menu';
import { root, type Folder } from './tree-of';

export type ScriptRow = Schemas['ScriptRow'];

interface TreeFolderProps {
  folder: Folder<ScriptRow>;
  isOpen: (id: string) => boolean;
  toggle: (id: string) => void;
  onEdit: (edit: ItemEdit) => void;
}

/** A folder, and while it is open what is in it. */
export function TreeFolder(props: TreeFolderProps) {
  const { folder, isOpen, toggle, onEdit } = props;
  const t = useT();
  const open = isOpen(folder.id);
  return (
    <li>
      <div className="tree-row">
        <button
          type="button"
          className="tree-toggle"
          aria-expanded={open}
          onClick={() => toggle(folder.id)}
        >
          {open ? <CaretDownOutlined aria-hidden /> : <CaretRightOutlined aria-hidden />}
          {open ? <FolderOpenOutlined aria-hidden /> : <FolderOutlined aria-hidden />}
          <span className="tree-name">{folder.name}</span>
        </button>
        {folder.id !== root && (
          <span className="tree-actions">
            <NewMenu
              label={t('scripts.newIn', { name: folder.name })}
              directory={folder.id}
              onEdit={onEdit}
            />
            <FolderMenu folder={folder} onEdit={onEdit} />
          </span>
        )}
      </div>
      {open && (
        <ul>
          {folder.folders.map((one) => (
            <TreeFolder key={one.id} {...props} folder={one} />
          ))}
          {folder.scripts.map((script) => (
            <TreeScript key={script.id} script={script} onEdit={onEdit} />
          ))}
        </ul>
      )}
    </li>
  );
}

function FolderMenu({ folder, onEdit }: Pick<TreeFolderProps, 'folder' | 'onEdit'>) {
  const t = useT();
  const confirm = useConfirm();
  const remove = useDo('DELETE /directories/{id}', ['script']);
  const { id, name } = folder;
  const ask = () =>
    confirm(
      {
        title: t('folder.removeTitle', { name }),
        text: t('folder.removeText'),
        yes: t('act.remove'),
      },
      () => remove.act({ params: { id } }, t('remove.done')),
    );
  return (
    <ItemMenu
      name={name}
      onRename={() => onEdit({ what: 'renameFolder', id, name })}
      onMove={() => onEdit({ what: 'moveFolder', id, name })}
      onRemove={ask}
    />
  );
}

function TreeScript({ script, onEdit }: { script: ScriptRow; onEdit: TreeFolderProps['onEdit'] }) {
  const t = useT();
  const confirm = useConfirm();
  const navigate = useNavigate();
  const { scriptId } = useParams();
  const remove = useDo('DELETE /scripts/{id}', ['script', 'task']);
  const { id, name, directory, state, draftDiffers } = script;
  const ask = () =>
    confirm(
      {
        title: t('scripts.removeTitle', { name }),
        text: t('scripts.removeText'),
        yes: t('act.remove'),
      },
      async () => {
        const gone = await remove.act({ params: { id } }, t('remove.done'));
        if (gone && id === scriptId) void navigate('/data-integration');
      },
    );
  const differs = state !== 'draft' && draftDiffers;
  const stateText = `${t(`script.state.${state}`)}${differs ? ` · ${t('script.differs')}` : ''}`;
  return (
    <li>
      <div className="tree-row">
        <NavLink to={`/data-integration/${id}`} className="tree-link">
          <FileTextOutlined aria-hidden />
          <span className="tree-name">{name}</span>
          <Tooltip title={stateText}>
            <span className={`state-dot state-${differs ? 'differs' : state}`}>
              <span className="hidden-text">{stateText}</span>
            </span>
          </Tooltip>
        </NavLink>
        <span className="tree-actions">
          <ItemMenu
            name={name}
            onRename={() => onEdit({ what: 'renameScript', id, name })}
            onMove={() => onEdit({ what: 'moveScript', id, name, directory })}
            onRemove={ask}
          />
        </span>
      </div>
    </li>
  );
}

interface ItemMenuProps {
  name: string;
  onRename: () => void;
  onMove: () => void;
  onRemove: () => void;
}

function ItemMenu({ name, onRename, onMove, onRemove }: ItemMenuProps) {
  const t = useT();
  const may = useMay('developer');
  const item = (key: string, label: string, onClick: () => void) => ({
    key,
    label,
    onClick,
    disabled: !may,
    ...(!may && { title: t('roles.needed', { role: t('roles.developer') }) }),
  });
  const items: MenuProps['items'] = [
    item('rename', t('act.rename'), onRename),
    item('move', t('act.move'), onMove),
    { type: 'divider' },
    { ...item('remove', t('act.remove'), onRemove), danger: true },
  ];
  return (
    <MenuButton
      menu={{ items }}
      type="text"
      size="small"
      icon={<MoreOutlined aria-hidden />}
      aria-label={t('scripts.more', { name })}
    />
  );
}
