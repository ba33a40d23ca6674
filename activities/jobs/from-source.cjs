// Lets a child process run TypeScript as it lies in the tree, compiled file by file as it is
// loaded. Only used when the parent itself runs from source (tests); the built product has no
// TypeScript to load.
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', keepClassNames: true, parser: { syntax: 'typescript' } },
  });
  module._compile(code, filename);
};
