import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyBytes } from '@etl/image/quality/keyRuns';
import { longestMatched } from '@etl/image/quality/metrics/invalidValues';
import { maxLine, maxLines } from '@etl/lib/capped';
import { maxJsonDepth } from '@etl/lib/json';
import { silenceSeconds } from '@etl/pipeline/awsClients';
import { maxConcurrency, maxInFlight as maxFilesInFlight } from '@etl/pipeline/batch/control';
import { mostColumns, mostNameBytes } from '@etl/pipeline/csv/columnNames';
import { budgets, transform } from '@etl/pipeline/definition';
import { maxShownLaunches } from '@etl/pipeline/evidence';
import { maxEventBytes } from '@etl/pipeline/inputSize';
import { maxMessageBytes, maxRecords } from '@etl/pipeline/intake/readMessage';
import { maxKeyBytes, maxPathBytes } from '@etl/pipeline/places';
import { maxInstructions, maxPattern } from '@etl/pipeline/quality/pattern';
import { maxDuplicateRules, maxRules } from '@etl/pipeline/quality/rules';
import { maxSmallBytes } from '@etl/storage/objectStore';
import { maxTasksPerDescribe } from '../../activities/ports';
import { inspectionLimits } from '../../storage/src/inspection/inspectInThread';
import { slots } from '../../workers/concurrency';
import { maxInFlight } from '../../workers/intake/consume';

const text = readFileSync(join(__dirname, '..', '..', 'docs', 'limits.md'), 'utf8').replace(/\s+/g, ' ');
const number = (value: number): string => value.toLocaleString('en-US');
const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
const { seconds, queueSeconds, heapMiB } = inspectionLimits;

test.each([
  `\`ECS_LAUNCHES_PER_SECOND\` (${transform.launchesPerSecond})`,
  `waits and launches again up to ${budgets.capacity.maxRetries} times`,
  `DescribeTasks calls of up to ${maxTasksPerDescribe} tasks, at most ${transform.describesPerSecond} calls a second`,
  `at most ${maxInFlight} messages in flight`,
  `${silenceSeconds('lambda')} s for Lambda, ${silenceSeconds('sqs')} s for SQS`,
  `${silenceSeconds('s3')} s for S3, and ${silenceSeconds('ecs')} s for the others`,
  `After ${{ 6: 'six' }[transform.launchQueueSeconds / 3600]} hours in the queue`,
  `A worker waits for up to ${number(slots.waits)} tasks`,
  `a batch converts at most ${maxConcurrency} files at a time (default: 20), and has at most ${maxFilesInFlight} under way`,
  `lists keep ${maxLines} warnings, ${maxShownLaunches} launches`,
  `a file has at most ${number(mostColumns)} columns`,
  `Glue and Athena allow names of ${mostNameBytes} bytes`,
  `${number(maxEventBytes)} bytes of JSON`,
  `${maxJsonDepth} levels of arrays and objects`,
  `a key of ${number(maxKeyBytes)} bytes, a path of ${number(maxPathBytes)}`,
  `| a message of the intake | ${mib(maxMessageBytes)}, ${number(maxRecords)} records |`,
  `${seconds} s of inspection, a heap of ${heapMiB} MiB; ${queueSeconds} s in the queue`,
  `| manifests, checkpoints, indexes | ${mib(maxSmallBytes)} |`,
  `${maxLines} of ${maxLine} characters each`,
  `| ${maxRules} rules, ${maxDuplicateRules} of them with \`duplicateValues\`; patterns of ${number(maxPattern)} characters and ${number(maxInstructions)} instructions when compiled, applied to values of up to ${number(longestMatched)}`,
  `a key takes ${keyBytes} bytes`,
])('docs/limits.md says: %s', (words) => {
  // 1,000 and 1000 are the same figure.
  const plain = (value: string) => value.replace(/(\d),(\d)/g, '$1$2');
  expect(plain(text)).toContain(plain(words));
});
