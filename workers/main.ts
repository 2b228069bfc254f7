import { runEtlWorker } from './run';

void runEtlWorker();
