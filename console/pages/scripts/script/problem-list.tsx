import { CheckCircleFilled, CloseCircleFilled, WarningFilled } from '@ant-design/icons';
import { useT } from '../../../i18n';
import type { Problems } from './use-problems';

/** Longer lists nobody reads; the margin has all of them. */
const mostShown = 20;

interface ProblemListProps {
  problems: Problems;
  onChoose: (offset: number) => void;
}

/** What is wrong, each with the line that it stands in and a way there. */
export function ProblemList({ problems, onChoose }: ProblemListProps) {
  const { items, refusal, isKnown, isSettled } = problems;
  const t = useT();
  return (
    <div className="problems" aria-live="polite" data-settled={isSettled}>
      {refusal !== null ? (
        <span className="bad">{refusal}</span>
      ) : !isKnown ? (
        <span className="faint">{t('script.checking')}</span>
      ) : items.length === 0 ? (
        <span className="good">
          <CheckCircleFilled aria-hidden /> {t('script.noProblems')}
        </span>
      ) : (
        <ul aria-label={t('script.problems')}>
          {items.slice(0, mostShown).map(({ path, message, line, column, offset, severity }) => (
            <li key={`${offset} ${path} ${message}`}>
              <button type="button" className="problem" onClick={() => onChoose(offset)}>
                {severity === 'error' ? (
                  <CloseCircleFilled className="bad" aria-label={t('script.error')} />
                ) : (
                  <WarningFilled className="warn" aria-label={t('script.warning')} />
                )}
                <span className="time">{t('script.at', { line, column })}</span>
                <span>
                  {path && <span className="mono">{path}: </span>}
                  {message}
                </span>
              </button>
            </li>
          ))}
          {items.length > mostShown && (
            <li className="faint">
              {t('script.moreProblems', { count: items.length - mostShown })}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
