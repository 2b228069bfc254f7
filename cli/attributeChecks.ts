import { type AttributeName, attributeNames } from '@etl/pipeline/searchAttributes';
import type { Connection } from '@temporalio/client';
import { checkNamespace, connectClient, temporalOptions } from '../config/connection';
import { type FoundAttributes, findAttributes, registerAttributes, typeName } from '../config/searchAttributes';
import type { Check } from './checks';
import { etlCommand, temporalCommand } from './hints';

const name = 'Search attributes';

/**
 * Checks whether the server has registered the search attributes of runs. With `mend`, registers them on a server of
 * this machine. Returns nothing without a reachable server, which another check reports.
 */
export async function attributeChecks(mend = false): Promise<Check[]> {
  const connected = await connect();
  if (!connected) return [];
  const { connection, namespace } = connected;
  try {
    const isMended = mend && isOwnMachine();
    return [checkOf(await (isMended ? registerAttributes : findAttributes)(connection, namespace), isMended)];
  } catch (error) {
    const fact = `the server does not list them: ${(error as Error).message}`;
    return [{ name, state: 'optional', fact, remedy: createCommands(attributeNames) }];
  } finally {
    await connection.close();
  }
}

async function connect(): Promise<{ connection: Connection; namespace: string } | undefined> {
  try {
    const { connection, namespace } = await connectClient();
    try {
      await checkNamespace(connection, namespace);
      return { connection, namespace };
    } catch {
      await connection.close();
      return undefined;
    }
  } catch {
    return undefined;
  }
}

function checkOf({ missing, otherType }: FoundAttributes, isMended: boolean): Check {
  const facts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...otherType.map((each) => `${each} is not of type ${typeName(each)}`),
  ];
  if (facts.length === 0) return { name, state: 'ok', fact: `all ${attributeNames.length} are registered` };
  const fact = `${facts.join('; ')}. Runs do not set them`;
  if (missing.length === 0) return { name, state: 'optional', fact };
  const remedy =
    isOwnMachine() && !isMended ? `Register them: ${etlCommand('doctor', '--mend')}` : createCommands(missing);
  return { name, state: 'optional', fact, remedy };
}

/** Returns a command for each type: the CLI takes several names, but one type. */
function createCommands(names: readonly AttributeName[]): string {
  const types = [...new Set(names.map(typeName))];
  const commands = types.map((type) => {
    const ofType = names.filter((each) => typeName(each) === type).flatMap((each) => ['--name', each]);
    return temporalCommand('operator', 'search-attribute', 'create', ...ofType, '--type', type);
  });
  return `Register them: ${commands.join(' && ')}`;
}

const ownMachine = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

function isOwnMachine(): boolean {
  return ownMachine.test(temporalOptions().connection.address);
}
