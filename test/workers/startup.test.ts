import { loadedBy } from '../support/loaded';

/** Loads the clients as a worker does, with the configuration of the local system. */
const wire = `
  const { createPorts } = require('./dist/workers/ports.js');
  const { watchStateChanges } = require('./dist/workers/stateChanges.js');
  const { startIntakes } = require('./dist/workers/intake/startIntakes.js');
  const { parseConfig } = require('./dist/config/environment.js');
  const { pino } = require('pino');
  const config = parseConfig(JSON.parse(process.argv[2]));
  const log = pino({ level: 'silent' });
  const { deadLetters } = createPorts(config, undefined, log);
  watchStateChanges(config.ECS_EVENTS_QUEUE_URL, undefined, log);
  startIntakes(config, undefined, deadLetters, log);
`;
const clients = async (variables: Record<string, string>): Promise<string[]> => {
  const { packages } = await loadedBy(wire, [JSON.stringify(variables)], { AWS_REGION: 'us-east-1' });
  return [...packages].filter((each) => each.startsWith('@aws-sdk/client-')).sort();
};

test('the local worker loads only the ECS client', async () => {
  expect(await clients({})).toEqual(['@aws-sdk/client-ecs']);
});

test('a configured service loads its client', async () => {
  expect(await clients({ DLQ_URL: 'http://127.0.0.1:1/letters' })).toContain('@aws-sdk/client-sqs');
});
