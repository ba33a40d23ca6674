import { FileAddOutlined, FolderAddOutlined, PlusOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useNavigate } from 'react-router';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { MenuButton } from '../../ui/menu-button';
import type { ItemEdit } from './item-dialog';
import { root } from './tree-of';

interface NewMenuProps {
  label: string;
  /** Where what is made lies. */
  directory: string;
  blocked?: string | null;
  onEdit: (edit: ItemEdit) => void;
}

/** The `New` icon: a script, or a folder. */
export function NewMenu({ label, directory, blocked = null, onEdit }: NewMenuProps) {
  const t = useT();
  const navigate = useNavigate();
  const may = useMay('developer');
  const reason = may ? blocked : t('roles.needed', { role: t('roles.developer') });
  return (
    <Tooltip title={reason ?? label}>
      <span
        className="action"
        {...(reason !== null && { tabIndex: 0, 'aria-label': reason, role: 'note' })}
      >
        <MenuButton
          menu={{
            items: [
              {
                key: 'script',
                icon: <FileAddOutlined aria-hidden />,
                label: t('scripts.newOffline'),
                onClick: () =>
                  void navigate(
                    `/data-integration/new${directory === root ? '' : `?directory=${directory}`}`,
                  ),
              },
              {
                key: 'folder',
                icon: <FolderAddOutlined aria-hidden />,
                label: t('folder.new'),
                onClick: () => onEdit({ what: 'newFolder', parent: directory }),
              },
            ],
          }}
          placement="bottomLeft"
          type="text"
          size="small"
          disabled={reason !== null}
          icon={<PlusOutlined aria-hidden />}
          aria-label={label}
        />
      </span>
    </Tooltip>
  );
}
