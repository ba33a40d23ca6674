import { Alert } from 'antd';
import type { ApiProblem } from '../api/client';
import { useT } from '../i18n';
import { headingOf, linesOf } from './problem-heading';

interface ProblemAlertProps {
  problem: ApiProblem;
  /** Fields of which the form says itself what is wrong. */
  isBeside?: (path: string) => boolean;
}

/** Why something was refused, within a form. */
export function ProblemAlert({ problem, isBeside = () => false }: ProblemAlertProps) {
  const t = useT();
  const heading = headingOf(problem, t);
  const fields = problem.fields.filter(({ path }) => !isBeside(path));
  const lines = linesOf({ message: problem.message, fields }, heading);
  return (
    <Alert
      className="dialog-problem"
      type="error"
      showIcon
      role="alert"
      title={heading ?? problem.message}
      {...(lines.length > 0 && { description: lines.join('\n') })}
    />
  );
}
