import { containers } from './behaviours/containers';
import { definitions } from './behaviours/definitions';
import { ends } from './behaviours/ends';
import { launch } from './behaviours/launch';
import { refusals } from './behaviours/refusals';

/** What ECS does, as far as this project relies on it. */
export const suite = [...definitions, ...refusals, ...launch, ...ends, ...containers];
