// Jest transform for packages that ship ES modules only. An ES module may declare its own
// `__dirname`, which CommonJS gives every module already: the function around it keeps them apart.
const swcJest = require('@swc/jest');

module.exports = {
  createTransformer(options) {
    const inner = swcJest.createTransformer(options);
    return {
      ...inner,
      process(source, filename, transformOptions) {
        const { code, map } = inner.process(source, filename, transformOptions);
        return { code: `(function () {${code}\n}).call(this);`, map };
      },
    };
  },
};
