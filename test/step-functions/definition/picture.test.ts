import { ends, flow } from '@etl/pipeline/flow';
import { stateNames } from '../../../step-functions/definition/names';
import { machinePicture } from '../../../step-functions/definition/picture';
import { workflowPicture } from '../../../step-functions/definition/workflowPicture';
import { drawMermaid } from '../../support/mermaid';
import { generated } from './support';

const names = (stages: object): string[] =>
  Object.keys(stages).map((key) => stateNames[key as keyof typeof stateNames]);
const stages = [...names(flow), ...names(ends)];

describe('the sources', () => {
  const machine = generated();
  const picture = machinePicture(machine);

  test('the machine diagram has every state and every transition', () => {
    for (const [name, state] of Object.entries(machine.States)) {
      expect(picture).toMatch(new RegExp(`^ {2}${name}[\\[({]`, 'm'));
      const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
      const caught = state.Type === 'Task' ? (state.Catch ?? []).map(({ Next }) => Next) : [];
      for (const target of [...next, ...caught]) {
        expect(picture).toMatch(new RegExp(`^ {2}${name} .*> ${target}$`, 'm'));
      }
    }
  });

  test('the machine diagram shows the settings of the machine', () => {
    expect(picture).toContain('ecs:runTask.sync, timeout 3600 s<br/>no retry on States.Timeout');
    expect(picture).toContain('2 retries on States.TaskFailed<br/>waits 60 s × 2');
    expect(picture).toContain('TransformTimedOut<br/>type: Timeout');
  });

  test('the workflow diagram has every stage by the same name and every transition', () => {
    const lines = workflowPicture().split('\n');
    for (const [stage, ways] of Object.entries(flow)) {
      for (const next of Object.values(ways)) {
        const [from, to] = [stateNames[stage as keyof typeof flow], stateNames[next as keyof typeof stateNames]];
        expect(lines.filter((line) => line.startsWith(`  ${from} -- `) && line.endsWith(`> ${to}`))).toHaveLength(1);
      }
    }
  });
});

const withBrowser = process.env.ETL_TEST_CHROMIUM ? describe : describe.skip;

withBrowser('rendered diagrams', () => {
  test('both show everything without clipping', async () => {
    const machine = generated();
    const [machineDrawn, workflowDrawn] = await drawMermaid([machinePicture(machine), workflowPicture()]);
    const shown = (texts: readonly string[] = [], name: string) => texts.some((text) => text.includes(name));
    expect(Object.keys(machine.States).filter((name) => !shown(machineDrawn?.texts, name))).toEqual([]);
    expect(stages.filter((name) => !shown(workflowDrawn?.texts, name))).toEqual([]);
    expect([machineDrawn?.cut, workflowDrawn?.cut]).toEqual([[], []]);
    for (const drawn of [machineDrawn, workflowDrawn]) {
      expect(drawn?.width).toBeGreaterThan(600);
      expect(drawn?.naturalWidth).toBeLessThan(2700);
      expect(drawn?.png.length).toBeGreaterThan(30_000);
    }
  }, 60_000);

  test('rejects an invalid source', async () => {
    await expect(drawMermaid(['flowchart TD\n  a --> "'])).rejects.toThrow(/Parse error|Lexical error/);
  }, 60_000);
});
