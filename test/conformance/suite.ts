import { containers } from './behaviours/containers';
import { definitions } from './behaviours/definitions';
import { ends } from './behaviours/ends';
import { launch } from './behaviours/launch';
import { refusals } from './behaviours/refusals';

/** Behaviours of ECS that this project relies on. */
export const suite = [...definitions, ...refusals, ...launch, ...ends, ...containers];
