import { PortTakenError } from '../../../local/temporal/errors';

test('names the port that is in use and its purpose', () => {
  expect(new PortTakenError(7233, 'Temporal server').message).toBe('port 7233 for the Temporal server is in use');
});
