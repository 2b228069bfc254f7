import { catchAll, lint, task } from './support';

const inherited = Object.getOwnPropertyNames(Object.prototype);

/** Returns the findings of our rules; the schema reports unknown state names. */
const foundWith = (Next: string) => {
  const { End: _, ...work } = task({ Catch: [catchAll(Next)] });
  return lint({ Work: { ...work, Next }, Other: task() }).filter(({ rule }) => rule !== 'schema');
};

test.each(inherited)('a missing state named %s is treated as any other missing state', (name) => {
  expect(foundWith(name)).toEqual(foundWith('Nowhere'));
});

test.each(inherited)('an error named %s does not match timeouts', (error) => {
  const retried = task({
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: { Cluster: 'etl', TaskDefinition: 'etl', LaunchType: 'FARGATE' },
    Retry: [{ ErrorEquals: [error], MaxAttempts: 2 }],
  });
  expect(lint({ Work: retried }).filter(({ rule }) => rule === 'explicit-timeout')).toEqual([]);
});
