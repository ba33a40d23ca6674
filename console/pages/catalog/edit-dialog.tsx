import { Button, Form, Input, Select } from 'antd';
import type { Schemas } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { useDo } from '../../ui/use-do';

type Table = Schemas['CatalogueTableWithColumns'];
type Column = Table['columns'][number];

interface Values {
  description: string;
  owner: string;
  tags: string[];
}

/** What people say of a table, or of one of its columns; collections leave it alone. */
export function EditDialog({
  table,
  column = null,
  close,
}: {
  table: Table;
  column?: Column | null;
  close: () => void;
}) {
  const t = useT();
  const { act, busy } = useDo('PATCH /catalog/tables/{table}', ['catalogue']);
  const choices = useCall('GET /catalog/choices', {});
  const said = column ?? table;
  const save = async ({ description, owner, tags }: Values) => {
    const body = column
      ? { columns: { [column.name]: { description, tags } } }
      : { description, owner, tags };
    const params = { table: table.name };
    if (await act({ params, body }, t('catalog.saved'))) close();
  };
  return (
    <Dialog title={column ? column.name : table.name} onCancel={close}>
      <Form<Values>
        layout="vertical"
        initialValues={{
          description: said.description ?? '',
          owner: table.owner ?? '',
          tags: said.tags,
        }}
        onFinish={(values) => void save(values)}
      >
        <Form.Item<Values> name="description" label={t('catalog.description')}>
          <Input.TextArea autoFocus autoSize={{ minRows: 3, maxRows: 10 }} maxLength={10_000} />
        </Form.Item>
        {column === null && (
          <Form.Item<Values> name="owner" label={t('catalog.owner')}>
            <Input maxLength={255} />
          </Form.Item>
        )}
        <Form.Item<Values> name="tags" label={t('catalog.tags')} extra={t('catalog.tagsMore')}>
          <Select
            mode="tags"
            options={(choices.data?.tags ?? []).map((tag) => ({ value: tag, label: tag }))}
          />
        </Form.Item>
        <div className="dialog-foot">
          <Button onClick={close}>{t('act.cancel')}</Button>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('act.save')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
