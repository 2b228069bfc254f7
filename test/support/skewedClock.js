// Preloaded by NODE_OPTIONS: the clock of a worker is wrong by CLOCK_ERROR_MS, as with libfaketime. Other programs keep the right one.
const { sep } = require('node:path');

const error = Number(process.env.CLOCK_ERROR_MS ?? 0);
if ((process.argv[1] ?? '').endsWith(['workers', 'main.js'].join(sep))) {
  const RightDate = Date;
  globalThis.Date = class WrongDate extends RightDate {
    constructor(...args) {
      if (args.length === 0) super(RightDate.now() + error);
      else super(...args);
    }
    static now() {
      return RightDate.now() + error;
    }
  };
}
