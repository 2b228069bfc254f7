const { default: Sequencer } = require('@jest/test-sequencer');

/** The longest, which a fresh clone does not know of: begun last, they would be waited for at the end. */
const longest = [
  'equivalence/equivalence',
  'system/up',
  'etl-image/corpora/realData',
  'etl-image/faults/s3',
  'system/compare',
  'system/compareMinistack',
  'system/compose',
  'system/browsers',
  'system/budgets',
  'system/delivery',
  'system/oneTask',
  'system/stopped',
  'system/shards',
  'system/schedules',
  'system/light',
  'workers/intake/intake',
  'cli/dlq',
  'system/batch',
  'workflows/fanOut',
  'workers/priority',
  'chaos/walk',
  'conformance/ecs',
  'system/onAws',
  'etl-image/container',
  'etl-image/faults/twoAtOnce',
  'fargate/run/survival',
  'fargate/run/lifecycle',
  'etl-image/docker',
  'system/webUi',
  'system/catchUp',
  'aws/sqsEventSource',
  'etl-image/shards/sameBytes',
];

/** As Jest does: what failed, then what took longest the last time. Where it knows nothing yet: by the list. */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const place = ({ path }) => {
      const at = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    return sorted.sort((a, b) => place(a) - place(b));
  }
};
