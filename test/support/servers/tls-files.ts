/** A certificate for `localhost` with the authority that signed it, made anew for each run. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../../cli/launcher/run-command';

export interface TlsFiles {
  /** What the authority is known by, in PEM. */
  ca: string;
  certificateFile: string;
  keyFile: string;
}

const extensions = `subjectAltName=DNS:localhost,IP:127.0.0.1
basicConstraints=CA:FALSE
extendedKeyUsage=serverAuth
`;

/** The files in a folder; made by `openssl` where they are not there yet. */
export async function tlsFiles(dir: string): Promise<TlsFiles> {
  const file = (name: string) => path.join(dir, `tls-${name}`);
  const made = {
    certificateFile: file('server.pem'),
    keyFile: file('server.key'),
  };
  if (!existsSync(made.certificateFile)) {
    writeFileSync(file('extensions'), extensions);
    for (const key of ['ca.key', 'server.key']) {
      await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file(key));
    }
    await openssl(
      ...['req', '-x509', '-new', '-key', file('ca.key'), '-days', '30', '-out', file('ca.pem')],
      ...['-subj', '/CN=Tablegate test authority'],
    );
    await openssl(
      ...['req', '-new', '-key', file('server.key'), '-subj', '/CN=localhost'],
      ...['-out', file('server.csr')],
    );
    await openssl(
      ...['x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem')],
      ...['-CAkey', file('ca.key'), '-CAcreateserial', '-days', '30'],
      ...['-extfile', file('extensions'), '-out', made.certificateFile],
    );
  }
  return { ...made, ca: readFileSync(file('ca.pem'), 'utf8') };
}

async function openssl(...args: string[]): Promise<void> {
  const { code, output } = await runCommand('openssl', args, { limitMs: 200_000 });
  if (code === 0) return;
  throw new Error(`openssl ${args[0]} failed (Debian: apt-get install openssl): ${output}`);
}
