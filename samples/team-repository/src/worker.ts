import { runEtlWorker } from 'etl-orchestrator/worker';
import * as activities from './activities';
import { chatNotifier } from './chatNotifier';

void runEtlWorker({
  workflowsPath: require.resolve('./workflows'),
  activities,
  notifier: chatNotifier(process.env.CHAT_WEBHOOK_URL),
});
