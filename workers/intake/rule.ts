import type { IntakeRule } from '@etl/pipeline/intake/rule';
import type { Config } from '../../config/environment';

/** Which landed files are taken, as it is configured. */
export function intakeRule(config: Config): IntakeRule {
  return {
    timeZone: config.INTAKE_TIME_ZONE,
    prefix: config.INTAKE_PREFIX,
    match: config.INTAKE_MATCH,
    detail: config.INTAKE_DETAIL,
  };
}
