const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const slow = require('./slow');

const folder = `${__dirname}/..`;

/** Jest's order: failed files first, then the longest. A long file at the end would run alone. */
module.exports = class extends Sequencer {
  /** Returns the last duration of the file in milliseconds, or its expected duration if it has not run here yet. */
  time(test) {
    const [seconds = 1] = slow[relative(folder, test.path).replace(/\.test\.ts$/, '')] ?? [];
    return super.time(test) ?? seconds * 1000;
  }
};
