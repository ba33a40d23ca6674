import { errorCatalogue } from '../../model/errors';

const entries = Object.entries(errorCatalogue).map(
  ([code, { status, title }]) =>
    `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
);

/** What the `type` of a problem links to: each code of the catalogue at an anchor of its name. */
export const errorsPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Tablegate: errors</title></head>
<body>
<h1>Errors</h1>
<p>A call that was refused with 4xx has changed nothing; after 500 and 503 that is not certain. What to do about each is in <code>docs/errors.md</code>.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>
<tbody>
${entries.join('\n')}
</tbody>
</table>
</body>
</html>
`;
