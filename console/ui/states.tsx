import { Button, Empty, Result, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client';
import { useT } from '../i18n';

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
  const status = problem instanceof ApiProblem ? problem.status : -1;
  const [look, title] =
    status === 403
      ? (['403', t('state.notAllowed')] as const)
      : status === 404
        ? (['404', t('state.notFound')] as const)
        : status === 0
          ? (['warning', t('state.offline')] as const)
          : (['error', t('state.failed')] as const);
  return (
    <div role="alert">
      <Result
        status={look === '403' || look === '404' ? 'warning' : look}
        title={<h2 className="state-title">{title}</h2>}
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

/** Shows an answer once it is there, else why it is not. */
export function Answered<T>({
  of: { data, error, refetch },
  children,
  rows,
}: {
  of: { data: T | undefined; error: Error | null; refetch: () => unknown };
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  if (data !== undefined) return children(data);
  if (error) return <ProblemView problem={error} retry={() => void refetch()} />;
  return <Loading {...(rows !== undefined && { rows })} />;
}
