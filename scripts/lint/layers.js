// Which folder may import which: one way only, and each folder names all that it may use.
// `values` are plain imports, `types` may be imported with `import type` only. What is not listed
// here (cli, worker.ts, server.ts, tests, …) wires the others together and may import all of them.

exports.layers = {
  model: { values: [], types: [], builtins: false },
  connectors: { values: ['model'], types: ['config'], builtins: true },
  store: { values: ['model'], types: ['config'], builtins: true },
  // Our C code, and how it is called.
  native: { values: [], types: [], builtins: true },
  activities: {
    values: ['connectors', 'store', 'model', 'native'],
    types: ['config'],
    builtins: true,
  },
  // The sandbox has no Node, and a workflow that read anything outside would not replay.
  workflows: { values: ['model'], types: ['activities'], builtins: false },
  scheduling: {
    values: ['connectors', 'store', 'model', 'config'],
    types: ['workflows', 'activities'],
    builtins: true,
  },
  api: { values: ['scheduling', 'model'], types: ['config'], builtins: true },
  console: { values: ['model'], types: [], builtins: false },
};

// Packages that one layer alone may import, beside what wires.
exports.packageOwners = { '@temporalio/client': 'scheduling' };
