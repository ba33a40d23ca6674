import { Button, Empty, Result, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client';
import { useT, type Translate } from '../i18n';
import { Page, type Crumb } from './page';
import { headingOf } from './problem-heading';

export function Loading({ rows = 6 }: { rows?: number }) {
  const t = useT();
  return (
    <div role="status" aria-label={t('state.loading')} className="state">
      <Skeleton active paragraph={{ rows }} title={false} />
    </div>
  );
}

/** What went wrong, in words, with a way on. */
export function ProblemView({ problem, retry }: { problem: Error; retry?: () => void }) {
  const t = useT();
  return <Fault problem={problem} title={titleOf(problem, t)} {...(retry && { retry })} />;
}

const titleOf = (problem: Error, t: Translate): string =>
  headingOf(problem, t) ?? t('state.failed');

interface FaultProps {
  problem: Error;
  /** Null: it stands above already. */
  title: string | null;
  retry?: () => void;
}

function Fault({ problem, title, retry }: FaultProps) {
  const t = useT();
  const status = problem instanceof ApiProblem ? problem.status : -1;
  const isMild = [0, 403, 404].includes(status);
  return (
    <div role="alert">
      <Result
        status={isMild ? 'warning' : 'error'}
        title={title !== null && <h2 className="state-title">{title}</h2>}
        // That the server is not reached stands above already.
        subTitle={status === 0 ? null : problem.message}
        extra={retry && status !== 403 && <Button onClick={retry}>{t('act.retry')}</Button>}
      />
    </div>
  );
}

export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={<span>{title}</span>}
      className="state"
    >
      {children}
    </Empty>
  );
}

interface AnsweredProps<T> {
  of: { data: T | undefined; error: Error | null; refetch: () => unknown };
  children: (data: T) => ReactNode;
  rows?: number;
  /** The pages above, where it is a whole page: there is a heading and a way back whatever comes. */
  crumbs?: readonly Crumb[];
}

/** Shows an answer once it is there, else why it is not. */
export function Answered<T>({
  of: { data, error, refetch },
  children,
  rows,
  crumbs,
}: AnsweredProps<T>) {
  const t = useT();
  if (data !== undefined) return children(data);
  if (error === null) return <Loading {...(rows !== undefined && { rows })} />;
  const retry = () => void refetch();
  if (crumbs === undefined) return <ProblemView problem={error} retry={retry} />;
  return (
    <Page title={titleOf(error, t)} crumbs={crumbs}>
      <Fault problem={error} title={null} retry={retry} />
    </Page>
  );
}
