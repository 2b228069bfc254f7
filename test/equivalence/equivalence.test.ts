import { stateMachine } from '../../asl/machine';
import { withSubstitutions } from '../../asl/settings';
import { Rig } from '../support/rig';
import { contractBreaches } from './contract';
import { enumerated, randomScenarios } from './scenarios';
import { runOnStepFunctions } from './stepFunctions';
import { runOnTemporal } from './temporal';
import { disagreements, straySteps } from './trace';
import { validations } from './world';

test('x', async () => {
  const scenarios = [...enumerated, ...randomScenarios(1, 100)].slice(Number(process.env.FROM ?? 0), Number(process.env.TO ?? 1000));
  const validated = await validations();
  let t = Date.now();
  const lap = (w: string) => { require('fs').appendFileSync('/tmp/lap.log', `${w} ${scenarios.length} ${Date.now() - t}\n`); t = Date.now(); };
  lap('validations'); const machine = stateMachine(withSubstitutions());
  const sf = await runOnStepFunctions(machine, scenarios, validated);
  lap('sf');
  const rig = await Rig.start();
  lap('rig');
  const tm = await runOnTemporal(rig, scenarios, validated);
  lap('temporal');
  await rig.stop(); lap('stop');
  const lines: string[] = [];
  for (const s of scenarios) {
    const a = tm.get(s.name)!, b = sf.get(s.name)!;
    if (!a || !b) { lines.push(`${s.name} absent`); continue; }
    for (const d of disagreements(a.trace, b)) lines.push(`${s.name} ${d.aspect} ${d.stage ?? ''}\n   ${JSON.stringify(d.temporal)}\n   ${JSON.stringify(d.stepFunctions)}`);
    for (const x of [...straySteps(a.trace)]) lines.push(`${s.name} T ${x}`);
    for (const x of [...straySteps(b)]) lines.push(`${s.name} S ${x}`);
    for (const x of [...a.oddWaits, ...contractBreaches(machine, a.contract)]) lines.push(`${s.name} ${x}`);
  }
  require('fs').writeFileSync('/tmp/diff.log', lines.join('\n'));
}, 100_000);
