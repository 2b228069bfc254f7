// The state transitions that Step Functions bills for a delivery: the states of the generated machine that it enters.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const { stateNames } = require('./dist/step-functions/definition/names.js');
const { ordinaryTransitions } = require('./dist/step-functions/definition/transitions.js');
const { StartAt, States } = require('./step-functions/etl-pipeline.asl.json');

/** Returns the states of a run that converts its file and has no sinks, in order: the longest such path without an error. */
export function successPath() {
  const path = longestFrom([StartAt]);
  if (!path) throw new Error(`no path to success from ${StartAt}`);
  return path;
}

/** Returns the longest way to continue a path to a success; undefined if there is none. A shorter one skips the conversion. */
function longestFrom(path) {
  const state = States[path.at(-1)];
  if (state.Type === 'Succeed') return path;
  return ordinaryTransitions(state)
    .filter(({ to }) => !path.includes(to) && to !== stateNames.sinks)
    .flatMap(({ to }) => {
      const whole = longestFrom([...path, to]);
      return whole ? [whole] : [];
    })
    .sort((one, other) => other.length - one.length)[0];
}
