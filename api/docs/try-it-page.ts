/**
 * The try-it page. All that it loads comes from this server, and no script stands in the page: the
 * content security policy allows neither. Addresses are relative, so that it works below any prefix.
 */
export const tryItPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tablegate API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/try-it.js"></script>
</body>
</html>
`;

/** Script of the page; asks no outside host to check the document. */
export const tryItScript = `SwaggerUIBundle({
  url: new URL('../openapi.json', document.currentScript.src).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'list',
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;
