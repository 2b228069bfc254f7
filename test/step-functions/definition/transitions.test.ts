import { ordinaryTransitions, reached, transitionsOf } from '../../../step-functions/definition/transitions';

const states = {
  Work: { Type: 'Task', Next: 'Ask', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Alert' }] },
  Ask: { Type: 'Choice', Choices: [{ Next: 'Work' }, { Next: 'Done' }], Default: 'Gone' },
  Alert: { Type: 'Fail' },
  Done: { Type: 'Succeed' },
  Island: { Type: 'Pass', Next: 'Done' },
};
const to = (transitions: readonly { to: string }[]) => transitions.map((each) => each.to);

test('transitions of a state, with and without those of its errors', () => {
  expect(to(transitionsOf(states.Work))).toEqual(['Ask', 'Alert']);
  expect(to(ordinaryTransitions(states.Work))).toEqual(['Ask']);
  expect(to(transitionsOf(states.Ask))).toEqual(['Work', 'Done', 'Gone']);
  expect(transitionsOf(states.Alert)).toEqual([]);
});

test('reachable states: loops are followed, unknown names are skipped', () => {
  expect([...reached('Work', states)].sort()).toEqual(['Alert', 'Ask', 'Done', 'Work']);
  expect([...reached('Work', states, ordinaryTransitions)].sort()).toEqual(['Ask', 'Done', 'Work']);
  expect([...reached('Nowhere', states)]).toEqual([]);
});
