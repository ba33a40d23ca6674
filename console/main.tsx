/** Where the console begins. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { ApiProblem } from './api/client';
import { SessionProvider, useSessionState } from './api/session';
import { WordsProvider } from './i18n';
import { SignInPage } from './pages/sign-in';
import { router } from './router';
import { ThemeProvider } from './theme';
import { Loading, ProblemView } from './ui/states';
import './styles/main.css';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Changes are told by the server; nothing is read again because some time has passed.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
});

function Console() {
  const { session, loading, problem, retry, ended } = useSessionState();
  if (loading) return <Loading />;
  if (problem) return <ProblemView problem={problem} retry={retry} />;
  if (session === null) return <SignInPage ended={ended} />;
  return (
    <SessionProvider session={session}>
      <RouterProvider router={router} />
    </SessionProvider>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <WordsProvider>
        <ThemeProvider>
          <Console />
        </ThemeProvider>
      </WordsProvider>
    </QueryClientProvider>
  </StrictMode>,
);
