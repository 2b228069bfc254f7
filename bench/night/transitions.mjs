// What Step Functions bills of a run that delivers: the states of the generated machine that it enters.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const { ordinaryTransitions, reached } = require('./dist/asl/transitions.js');
const { StartAt, States } = require('./asl/etl-pipeline.asl.json');

/** Whether an error-free way leads on to a success. */
const leadsToSuccess = (name) =>
  [...reached(name, States, ordinaryTransitions)].some((each) => States[each].Type === 'Succeed');

/** The states of the way to success, in order. */
export function successPath() {
  const path = [StartAt];
  while (States[path.at(-1)].Type !== 'Succeed') {
    const next = ordinaryTransitions(States[path.at(-1)]).find(({ to }) => !path.includes(to) && leadsToSuccess(to));
    if (!next) throw new Error(`no way to success from ${path.at(-1)}`);
    path.push(next.to);
  }
  return path;
}
