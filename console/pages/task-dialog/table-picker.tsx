import { Checkbox, Select } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { ApiProblem } from '../../api/client';
import { useCall } from '../../api/hooks';
import { useT } from '../../i18n';
import { readAll } from '../../ui/paged';
import { useDebounced } from '../../ui/use-debounced';

/** More tables than this are drawn only as far as they are scrolled to. */
const mostDrawn = 500;

interface TablePickerProps {
  id?: string;
  value?: string[];
  onChange?: (tables: string[]) => void;
  /** True: only tables with ID mapping are offered. False: any, also such as nobody has registered. */
  needsIdMapping: boolean;
}

/** Tables to be imported: one, several or all of those that are offered. */
export function TablePicker({ id, value = [], onChange, needsIdMapping }: TablePickerProps) {
  const t = useT();
  const { data, isPending, error } = useQuery<string[], ApiProblem>({
    queryKey: ['GET /tables', 'offered', needsIdMapping],
    queryFn: async () => {
      const query = needsIdMapping ? { withIdMapping: true } : {};
      const tables = await readAll('GET /tables', { query });
      return tables.map(({ name }) => name).sort();
    },
  });
  const offered = data ?? [];
  const [typed, setTyped] = useState('');
  const collected = useCollected(needsIdMapping ? '' : typed, offered);
  const isAll = offered.length > 0 && offered.every((name) => value.includes(name));
  return (
    <div>
      <Select
        {...(id && { id })}
        mode={needsIdMapping ? 'multiple' : 'tags'}
        value={value}
        loading={isPending}
        placeholder={t('tables.pick')}
        maxTagCount="responsive"
        // One that is longer would leave no room for any.
        maxTagTextLength={40}
        {...(onChange && { onChange })}
        onSearch={setTyped}
        filterOption={(text, option) => {
          const name = option?.value ?? '';
          // What the catalogue finds may answer by its columns.
          return collected.includes(name) || name.toLowerCase().includes(text.toLowerCase());
        }}
        options={[...offered, ...collected].map((name) => ({ value: name, label: name }))}
        virtual={offered.length > mostDrawn}
        notFoundContent={error ? error.message : t('tables.noneOffered')}
        style={{ width: '100%' }}
      />
      <div className="picker-foot">
        <Checkbox
          checked={isAll}
          indeterminate={!isAll && value.length > 0}
          disabled={offered.length === 0}
          onChange={({ target }) => onChange?.(target.checked ? offered : [])}
        >
          {t('tables.selectAll', { count: offered.length })}
        </Checkbox>
        <span className="faint">{t('tables.chosen', { count: value.length })}</span>
      </div>
      {data?.length === 0 && needsIdMapping && (
        <p className="under">
          {t('tables.mapFirst')} <Link to="/tables">{t('nav.tables')}</Link>
        </p>
      )}
    </div>
  );
}

/** Tables of the catalogue that what was typed finds, beside those that are offered anyway. */
function useCollected(typed: string, offered: readonly string[]): string[] {
  const q = useDebounced(typed, 250);
  const { data } = useCall(
    'GET /catalog/search',
    { query: { q, limit: 20, deleted: false } },
    { enabled: q !== '', keep: true },
  );
  if (typed === '') return [];
  const names = data?.items.map(({ name }) => name) ?? [];
  return names.filter((name) => !offered.includes(name));
}
