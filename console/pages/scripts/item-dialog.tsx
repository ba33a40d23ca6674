import { Button, Form, Input, Select } from 'antd';
import type { ApiProblem } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useT, type Translate } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { problemOfName } from './name';
import { lengthOf, settle } from './rules';
import { folderChoices, root, type Folder } from './tree-of';

/** What is made or changed of the tree. */
export type ItemEdit =
  | { what: 'newFolder'; parent: string }
  | { what: 'renameFolder' | 'moveFolder' | 'renameScript'; id: string; name: string }
  | { what: 'moveScript'; id: string; name: string; directory: string };

interface ItemDialogProps {
  edit: ItemEdit;
  tree: Folder;
  project: string;
  close: () => void;
}

interface Values {
  name: string;
  folder: string;
}

/** Makes a folder; renames or moves a folder or a script. */
export function ItemDialog({ edit, tree, project, close }: ItemDialogProps) {
  const t = useT();
  const [form] = Form.useForm<Values>();
  const { save, busy } = useSave(edit, project);
  const moves = edit.what === 'moveFolder' || edit.what === 'moveScript';
  const submit = async (values: Values) => {
    try {
      await save(values);
      close();
    } catch (error) {
      const { message, fields } = error as ApiProblem;
      const errors = [fields[0]?.message ?? message];
      form.setFields([{ name: moves ? 'folder' : 'name', errors }]);
    }
  };
  return (
    <Dialog title={titleOf(edit, t)} onCancel={close}>
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={initialOf(edit, tree)}
        onFinish={(values) => void submit(values)}
      >
        {!moves && (
          <Form.Item<Values>
            name="name"
            label={t(edit.what === 'renameScript' ? 'create.name' : 'folder.name')}
            required
            rules={[{ validator: (_, name: string) => settle(problemOf(edit, name, t)) }]}
          >
            <Input autoFocus />
          </Form.Item>
        )}
        {(moves || edit.what === 'newFolder') && (
          <Form.Item<Values> name="folder" label={t('folder.in')} required>
            <Select
              options={folderChoices(tree, edit.what === 'moveFolder' ? edit.id : null)}
              showSearch={{ optionFilterProp: 'label' }}
            />
          </Form.Item>
        )}
        <div className="dialog-foot">
          <Button onClick={close}>{t('act.cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('act.ok')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function problemOf({ what }: ItemEdit, name: string, t: Translate): string | null {
  if (what === 'renameScript') return problemOfName(name, t);
  if (name.trim() === '') return t('folder.nameNeeded');
  return lengthOf(name.trim()) > 64 || /[/\\]/.test(name) ? t('folder.nameRule') : null;
}

function titleOf(edit: ItemEdit, t: Translate): string {
  if (edit.what === 'newFolder') return t('folder.new');
  const isMove = edit.what === 'moveFolder' || edit.what === 'moveScript';
  return t(isMove ? 'scripts.moveTitle' : 'scripts.renameTitle', { name: edit.name });
}

function initialOf(edit: ItemEdit, tree: Folder): Values {
  if (edit.what === 'newFolder') return { name: '', folder: edit.parent };
  if (edit.what === 'moveScript') return { name: '', folder: edit.directory };
  if (edit.what === 'moveFolder') return { name: '', folder: parentOf(tree, edit.id) ?? root };
  return { name: edit.name, folder: root };
}

function parentOf(folder: Folder, id: string): string | null {
  if (folder.folders.some((one) => one.id === id)) return folder.id;
  for (const one of folder.folders) {
    const parent = parentOf(one, id);
    if (parent) return parent;
  }
  return null;
}

/** @returns saves; throws ApiProblem where it is refused */
function useSave(edit: ItemEdit, project: string) {
  const create = useAction('POST /directories', ['script']);
  const folder = useAction('PATCH /directories/{id}', ['script']);
  const script = useAction('PATCH /scripts/{id}', ['script', 'task']);
  const save = async ({ name, folder: parent }: Values): Promise<unknown> => {
    switch (edit.what) {
      case 'newFolder':
        return create.mutateAsync({ body: { project, parent, name } });
      case 'renameFolder':
        return folder.mutateAsync({ params: { id: edit.id }, body: { name } });
      case 'moveFolder':
        return folder.mutateAsync({ params: { id: edit.id }, body: { parent } });
      case 'renameScript':
        return script.mutateAsync({ params: { id: edit.id }, body: { name } });
      case 'moveScript':
        return script.mutateAsync({ params: { id: edit.id }, body: { directory: parent } });
    }
  };
  return { save, busy: create.isPending || folder.isPending || script.isPending };
}
