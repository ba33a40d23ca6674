/** Ready-made calls of trigger URLs, for where tables are written. */

export const snippetKinds = ['curl', 'python', 'airflow', 'dataphin', 'dataworks'] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** The same call in the language of each caller; `url` is whole, with its token. */
export function snippetOf(kind: SnippetKind, table: string, url: string): string {
  switch (kind) {
    case 'curl':
      return `curl -fsS ${url}`;
    case 'python':
      return [
        'import requests',
        '',
        `# ${table} has arrived`,
        `answer = requests.get("${url}", timeout=30)`,
        'answer.raise_for_status()',
        'assert answer.json()["success"], answer.text',
      ].join('\n');
    case 'airflow':
      return [
        'from airflow.providers.standard.operators.bash import BashOperator',
        '',
        `# After the task that writes ${table}; kept out of the log, as the URL is a credential.`,
        'trigger = BashOperator(',
        `    task_id="trigger_${table.replaceAll(/\W/g, '_')}",`,
        '    bash_command="curl -fsS --retry 5 $TRIGGER_URL",',
        `    env={"TRIGGER_URL": "${url}"},`,
        ')',
      ].join('\n');
    case 'dataphin':
      return [
        '#!/bin/bash',
        `# Shell task, downstream of the task that writes ${table}`,
        `answer=$(curl -k -s ${url})`,
        'echo "$answer"',
        `echo "$answer" | grep -q '"success":true'`,
      ].join('\n');
    case 'dataworks':
      return [
        '#!/bin/bash',
        `# Shell node, child of the node that writes ${table}`,
        `answer=$(curl -s --retry 5 ${url})`,
        'echo "$answer"',
        `case "$answer" in *'"success":true'*) exit 0 ;; *) exit 1 ;; esac`,
      ].join('\n');
  }
}
