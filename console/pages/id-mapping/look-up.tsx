import { SearchOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Input } from 'antd';
import { useState, type SubmitEvent } from 'react';
import {
  useChainLookUp,
  useUserLookUp,
  type ChainAnswer,
  type IdValue,
  type UserAnswer,
} from '../../api/id-mapping';
import { useT } from '../../i18n';
import { CopyButton } from '../../ui/copy';
import { DataList } from '../../ui/data-list';
import { Panel } from '../../ui/page';
import { Answered, Nothing } from '../../ui/states';

type UserId = UserAnswer['ids'][number];

/** Who is behind an ID: all IDs of that user, and the chain of rows that joins any of them to it. */
export function LookUp({ taskId, idTypes }: { taskId: string; idTypes: readonly string[] }) {
  const t = useT();
  const [idType, setIdType] = useState(idTypes[0] ?? '');
  const [value, setValue] = useState('');
  const [asked, setAsked] = useState<IdValue | null>(null);
  const [target, setTarget] = useState<IdValue | null>(null);
  const user = useUserLookUp(taskId, asked);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (value.trim() === '' || idType.trim() === '') return;
    setTarget(null);
    setAsked({ idType: idType.trim(), value: value.trim() });
  };
  return (
    <Panel title={t('lookUp.title')}>
      <form onSubmit={submit} role="search" aria-label={t('lookUp.title')}>
        <div className="look-up">
          <AutoComplete
            aria-label={t('mapping.idType')}
            value={idType}
            onChange={setIdType}
            options={idTypes.map((one) => ({ value: one }))}
          />
          <Input
            aria-label={t('lookUp.value')}
            placeholder={t('lookUp.value')}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
          <Button
            type="primary"
            htmlType="submit"
            icon={<SearchOutlined aria-hidden />}
            loading={user.isFetching}
          >
            {t('lookUp.find')}
          </Button>
        </div>
      </form>
      {asked === null ? (
        <p className="under">{t('lookUp.about')}</p>
      ) : (
        <Answered of={user} rows={3}>
          {(found) => (
            <FoundUser
              user={found}
              asked={asked}
              taskId={taskId}
              target={target}
              onTarget={setTarget}
            />
          )}
        </Answered>
      )}
    </Panel>
  );
}

interface FoundUserProps {
  user: UserAnswer;
  asked: IdValue;
  taskId: string;
  target: IdValue | null;
  onTarget: (target: IdValue) => void;
}

function FoundUser({ user, asked, taskId, target, onTarget }: FoundUserProps) {
  const t = useT();
  const chain = useChainLookUp(taskId, target && asked, target);
  const isAsked = ({ idType, value }: IdValue) => idType === asked.idType && value === asked.value;
  return (
    <div className="found">
      <p>
        {t('lookUp.user')} <code className="mono">{user.oneId}</code>{' '}
        <CopyButton text={user.oneId} label={t('lookUp.user')} />{' '}
        <span className="faint">{t('lookUp.idCount', { count: user.idCount })}</span>
      </p>
      {target !== null && (
        <Answered of={chain} rows={2}>
          {(found) => <Chain chain={found} />}
        </Answered>
      )}
      <DataList<UserId>
        label={t('lookUp.ids')}
        of={{ rows: user.ids, problem: null, retry: () => undefined }}
        rowKey={({ idType, value }) => `${idType} ${value}`}
        columns={[
          {
            key: 'value',
            title: t('result.value'),
            render: ({ value }) => <span className="mono row-name">{value}</span>,
            text: ({ value }) => value,
          },
          {
            key: 'type',
            title: t('mapping.idType'),
            render: ({ idType }) => idType,
            text: ({ idType }) => idType,
          },
          {
            key: 'tables',
            title: t('tables.title'),
            render: ({ tables }) =>
              tables.map(({ table, rows }) => `${table} (${rows})`).join(', '),
            text: ({ tables }) => tables.map(({ table }) => table).join(' '),
          },
        ]}
        actions={(id) =>
          !isAsked(id) && (
            <Button size="small" onClick={() => onTarget({ idType: id.idType, value: id.value })}>
              {t('lookUp.why')}
            </Button>
          )
        }
        exportAs={`user-${user.oneId}`}
        empty={<Nothing title={t('lookUp.noIds')} />}
      />
      {user.truncated && <p className="under">{t('lookUp.truncated')}</p>}
    </div>
  );
}

/** The chain, drawn: an ID, the row that holds it with the next one, and so on. */
function Chain({ chain }: { chain: ChainAnswer }) {
  const t = useT();
  return (
    <ol className="chain" aria-label={t('lookUp.chain', { count: chain.length })}>
      <li>
        <IdNode id={chain.from} />
      </li>
      {chain.links.map(({ table, to, rows }, index) => (
        // The same link comes once in a shortest chain.
        <li key={index}>
          <span className="chain-link">
            <span>{table}</span>
            <span className="under">{t('lookUp.rows', { count: rows })}</span>
          </span>
          <IdNode id={to} />
        </li>
      ))}
      {chain.truncated && <li className="faint">…</li>}
    </ol>
  );
}

function IdNode({ id: { idType, value } }: { id: IdValue }) {
  return (
    <span className="chain-id">
      <span className="under">{idType}</span>
      <span className="mono">{value}</span>
    </span>
  );
}
