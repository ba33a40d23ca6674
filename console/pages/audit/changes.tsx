import { useT } from '../../i18n';

type Detail = Record<string, unknown>;

function partsOf(detail: Detail): { before: Detail; after: Detail; rest: Detail } {
  const { before, after, ...rest } = detail;
  return { before: asObject(before), after: asObject(after), rest };
}

function asObject(value: unknown): Detail {
  return typeof value === 'object' && value !== null ? (value as Detail) : {};
}

/** @returns how many fields a line of the audit says were changed */
export function countChanges(detail: Detail): number {
  return Object.keys(partsOf(detail).after).length;
}

/** What was before and after, field by field, and what else is known. */
export function ChangeTable({ detail }: { detail: Detail }) {
  const t = useT();
  const { before, after, rest } = partsOf(detail);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <>
      {names.length > 0 && (
        <div className="scrolled">
          <table className="change-table">
            <thead>
              <tr>
                <th scope="col">{t('audit.field')}</th>
                <th scope="col">{t('audit.before')}</th>
                <th scope="col">{t('audit.after')}</th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="mono">{textOf(before[name])}</td>
                  <td className="mono">{textOf(after[name])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(Object.keys(rest).length > 0 || names.length === 0) && (
        <pre className="log" tabIndex={0} aria-label={t('audit.detail')}>
          {JSON.stringify(rest, null, 2)}
        </pre>
      )}
    </>
  );
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
