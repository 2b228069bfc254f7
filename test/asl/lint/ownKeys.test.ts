import { catchAll, lint, task } from './support';

const inherited = Object.getOwnPropertyNames(Object.prototype);

/** What our own rules find; a name that leads nowhere is the schema's to find. */
const foundWith = (Next: string) => {
  const { End: _, ...work } = task({ Catch: [catchAll(Next)] });
  return lint({ Work: { ...work, Next }, Other: task() }).filter(({ rule }) => rule !== 'schema');
};

test.each(inherited)('a state %s that is not there is none, as one of any other name', (name) => {
  expect(foundWith(name)).toEqual(foundWith('Nowhere'));
});

test.each(inherited)('an error called %s is not one that stands for timeouts', (error) => {
  const retried = task({
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: { Cluster: 'etl', TaskDefinition: 'etl', LaunchType: 'FARGATE' },
    Retry: [{ ErrorEquals: [error], MaxAttempts: 2 }],
  });
  expect(lint({ Work: retried }).filter(({ rule }) => rule === 'explicit-timeout')).toEqual([]);
});
