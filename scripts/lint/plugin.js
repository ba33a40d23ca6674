// The project's own lint rule: `tablegate/import-order` holds the one-way import order.
const path = require('node:path');
const { isBuiltin } = require('node:module');
const { layers, packageOwners } = require('./layers.js');

/** First folder of a path below the root, or the bare name of a file in the root itself. */
function layerOf(file, root) {
  const parts = path.relative(root, file).split(path.sep);
  return parts.length > 1 ? parts[0] : parts[0].replace(/\.[cm]?[jt]s$/, '');
}

function ownerOf(specifier) {
  const name = Object.keys(packageOwners).find(
    (owned) => specifier === owned || specifier.startsWith(`${owned}/`),
  );
  return name && { name, layer: packageOwners[name] };
}

function listOf(names) {
  return names.length === 0 ? 'nothing' : names.join(', ');
}

/** @returns why the import is not allowed, or undefined */
function refusal(from, file, specifier, typeOnly, root) {
  const rule = layers[from];
  if (!rule) return undefined;
  if (specifier.startsWith('.') || path.isAbsolute(specifier)) {
    const to = layerOf(path.resolve(path.dirname(file), specifier), root);
    if (to === from || rule.values.includes(to)) return undefined;
    if (rule.types.includes(to)) {
      return typeOnly ? undefined : `${from} may import ${to} with \`import type\` only`;
    }
    const types = rule.types.length > 0 ? `, and types of ${listOf(rule.types)}` : '';
    return `${from} must not import ${to}; of the project it may import ${listOf(rule.values)}${types}`;
  }
  if (!rule.builtins && !typeOnly && isBuiltin(specifier)) {
    return `${from} must not import ${specifier}: it runs without Node`;
  }
  const owner = ownerOf(specifier);
  if (owner && owner.layer !== from) return `only ${owner.layer} imports ${owner.name}`;
  return undefined;
}

function isTypeOnly(node) {
  if ((node.importKind ?? node.exportKind) === 'type') return true;
  const named = node.specifiers ?? [];
  return (
    named.length > 0 &&
    named.every((specifier) => (specifier.importKind ?? specifier.exportKind) === 'type')
  );
}

const importOrder = {
  meta: { type: 'problem', docs: { description: 'imports between the folders run one way' } },
  create(context) {
    const root = context.cwd;
    const from = layerOf(context.filename, root);
    function check(node, source, typeOnly) {
      if (typeof source?.value !== 'string') return;
      const message = refusal(from, context.filename, source.value, typeOnly, root);
      if (message) context.report({ node, message });
    }
    const checkDeclaration = (node) => check(node, node.source, isTypeOnly(node));
    return {
      ImportDeclaration: checkDeclaration,
      ExportNamedDeclaration: checkDeclaration,
      ExportAllDeclaration: checkDeclaration,
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source, true),
      TSImportEqualsDeclaration: (node) =>
        check(node, node.moduleReference.expression, node.importKind === 'type'),
      CallExpression(node) {
        if (node.callee.name === 'require') check(node, node.arguments[0], false);
      },
    };
  },
};

module.exports = { meta: { name: 'tablegate' }, rules: { 'import-order': importOrder } };
