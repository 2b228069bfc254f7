import { join } from 'node:path';

/** The environment of a Node process whose Date is `seconds` ahead of the machine's clock. */
export function shiftedClock(seconds: number): NodeJS.ProcessEnv {
  const script = join(__dirname, 'shiftDate.js').replaceAll('\\', '\\\\');
  return {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require "${script}"`.trim(),
    ETL_TEST_CLOCK_SHIFT_SECONDS: String(seconds),
  };
}
