import type { IntakeRule } from '@etl/pipeline/intake/rule';
import type { Config } from '../../config/environment';

/** Returns the configured rule for the files that the intake takes. */
export function intakeRule(config: Config): IntakeRule {
  return {
    timeZone: config.INTAKE_TIME_ZONE,
    prefix: config.INTAKE_PREFIX,
    match: config.INTAKE_MATCH,
    detail: config.INTAKE_DETAIL,
  };
}
