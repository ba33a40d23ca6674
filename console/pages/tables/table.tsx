import { useParams, Link } from 'react-router';
import { useCall } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { Page, Panel } from '../../ui/page';
import { Answered, Nothing } from '../../ui/states';
import { MappingEditor } from './mapping-editor';

/** One table: which columns hold which IDs, and its first rows. */
export function TablePage() {
  const t = useT();
  const { table = '' } = useParams();
  const connection = table.split('.')[0] ?? '';
  const mayLook = useMay('developer');
  return (
    <Page
      title={table}
      crumbs={[
        { title: t('nav.tables'), to: '/tables' },
        { title: connection, to: `/connections/${connection}` },
      ]}
      about={<Link to={`/lineage?table=${encodeURIComponent(table)}`}>{t('nav.lineage')}</Link>}
    >
      <Panel title={t('mapping.title')}>
        <MappingEditor table={table} />
      </Panel>
      <Panel title={t('table.preview')}>
        {mayLook ? (
          <PreviewRows table={table} connection={connection} />
        ) : (
          <Nothing title={t('roles.needed', { role: t('roles.developer') })} />
        )}
      </Panel>
    </Page>
  );
}

function PreviewRows({ table, connection }: { table: string; connection: string }) {
  const t = useT();
  const read = useCall('GET /connections/{name}/tables/{table}/rows', {
    params: { name: connection, table },
    query: { limit: 20 },
  });
  return (
    <Answered of={read}>
      {({ columns, rows }) => (
        <div className="preview-rows" tabIndex={0} role="group" aria-label={t('table.preview')}>
          <table>
            <thead>
              <tr>
                {columns.map(({ name, type }) => (
                  <th key={name} scope="col">
                    {name} <span className="under">{type}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                // Rows of a preview have no name and never change their places.
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={columns[column]?.name}>
                      {cell ?? <span className="faint">NULL</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length === 0 && <Nothing title={t('table.empty')} />}
        </div>
      )}
    </Answered>
  );
}
