/** Who is signed in, and what that role may do. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, type ReactNode } from 'react';
import { roleAllows, type Role } from './roles';
import { ApiProblem, request, setCsrfToken, whenSignedOut } from './client';

export interface Session {
  tenant: string;
  userId: string;
  name: string;
  role: Role;
  csrfToken: string;
  expiresAt: string;
}

const path = '/api/v1/session';
const sessionKey = ['session'];
/** Whether the server has ended the session that there was. */
const endedKey = ['session', 'ended'];
/** True while a person signs out: the server tells of that end too. */
let leaving = false;

export const signIn = (credential: { key: string } | { code: string }): Promise<Session> =>
  request('POST', path, { body: credential });

const SessionContext = createContext<Session | null>(null);

/** What there is to say while nobody is signed in. */
export interface SessionState {
  session: Session | null;
  loading: boolean;
  problem: ApiProblem | null;
  retry: () => void;
  /** True: there was a session, and the server has ended it. */
  ended: boolean;
}

/** Asks once who is signed in; a call that is answered with 401 later ends the session here too. */
export function useSessionState(): SessionState {
  const client = useQueryClient();
  const { data, isPending, error, refetch } = useQuery<Session | null, ApiProblem>({
    queryKey: sessionKey,
    queryFn: () => request<Session>('GET', path).catch(nobody),
    staleTime: Infinity,
  });
  setCsrfToken(data?.csrfToken ?? null);
  const { data: ended } = useQuery({
    queryKey: endedKey,
    queryFn: () => false,
    enabled: false,
    initialData: false,
  });
  useEffect(
    () =>
      whenSignedOut(() => {
        if (!leaving && client.getQueryData(sessionKey)) client.setQueryData(endedKey, true);
        client.setQueryData(sessionKey, null);
      }),
    [client],
  );
  return {
    session: data ?? null,
    loading: isPending,
    problem: error,
    retry: () => void refetch(),
    ended,
  };
}

function nobody(error: unknown): null {
  if (error instanceof ApiProblem && error.status === 401) return null;
  throw error;
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error('used outside of a session');
  return session;
}

/** What signing in and out change of the page. */
export function useSessionChange(): {
  enter: (session: Session) => void;
  leave: () => Promise<void>;
} {
  const client = useQueryClient();
  // What the one has read is not for the next.
  const forget = useCallback(
    () => client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] }),
    [client],
  );
  const enter = useCallback(
    (session: Session) => {
      setCsrfToken(session.csrfToken);
      forget();
      client.setQueryData(endedKey, false);
      client.setQueryData(sessionKey, session);
    },
    [client, forget],
  );
  const leave = useCallback(async () => {
    leaving = true;
    try {
      await request('DELETE', path);
      forget();
      client.setQueryData(sessionKey, null);
    } finally {
      leaving = false;
    }
  }, [client, forget]);
  return useMemo(() => ({ enter, leave }), [enter, leave]);
}

/** @returns true where the person's role may do what needs `role` */
export function useMay(role: Role): boolean {
  return roleAllows(useSession().role, role);
}
