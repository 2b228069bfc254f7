import { consoleUrl } from '@etl/ecs/consoleUrl';
import { isShallow, parseJsonOr, utf8Bytes } from '@etl/lib/json';
import { lastLines } from '@etl/lib/logTail';
import { cutToBytes, readableName, slug, stem } from '@etl/lib/names';
import { oneLine } from '@etl/lib/oneLine';
import { escapeJson } from '@etl/lib/text/json';
import { markdownText, summary } from '@etl/lib/text/markdown';
import { messageValue } from '@etl/lib/text/messageLine';
import { shownUri } from '@etl/lib/text/shownUri';
import { baseName, canonicalUri, joinUri, pathBelow, segmentsOf, trimSlashes } from '@etl/lib/uri';
import { classify } from '@etl/pipeline/batch/dayFiles';
import { isHidden, isNamed, keyProblem } from '@etl/pipeline/batch/fileNames';
import { dateOfKey } from '@etl/pipeline/batch/keyDate';
import { placeholdersIn, renderDay, unknownPlaceholders } from '@etl/pipeline/batch/placeholders';
import { parseBatchRequest } from '@etl/pipeline/batch/request';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { eventKey } from '@etl/pipeline/deadLetters/eventKey';
import { parseEvent } from '@etl/pipeline/event';
import { failureOf } from '@etl/pipeline/failures/classify';
import { decide } from '@etl/pipeline/intake/rule';
import { startsOf } from '@etl/pipeline/intake/starts';
import { placeProblem } from '@etl/pipeline/places';
import { resolveSource } from '@etl/pipeline/plan';
import { tagValue } from '../../activities/identity';
import { parseStateChange } from '../../aws/stateChange';
import { describeGroup } from '../../cli/dlq/show';
import { isSlow } from '../support/linear';

const listing = { from: '2026-02-08', to: '2026-02-09', prefix: 's3://raw/in', isOfOneDay: false };
const rule = { timeZone: 'UTC' };

/** Every function that reads external text before its length is checked, or text of any length. */
const readers: Record<string, (text: string) => unknown> = {
  slug,
  readableName,
  stem,
  cutToBytes: (text) => cutToBytes(text, 1e9),
  canonicalUri: (text) => [canonicalUri(`s3://raw/${text}`), canonicalUri(`file:///${text}`)],
  joinUri: (text) => joinUri('file:///lake', text, text),
  segments: (text) => [baseName(text), segmentsOf(`s3://raw/${text}`), trimSlashes(`x${text}`)],
  pathBelow: (text) => pathBelow(`s3://raw/${text}`, `s3://raw/${text}/${text}`),
  placeProblem,
  resolveSource: (text) => resolveSource(text, 's3://raw/in'),
  resolveBatch: (text) => resolveBatch({ batchDate: '2026-02-08' }, `s3://raw/${text}/${text}`, 's3://raw'),
  dateOfKey,
  placeholders: (text) => [renderDay(text, '2026-02-08'), unknownPlaceholders(text), placeholdersIn(text)],
  fileNames: (text) => [isHidden(text), keyProblem(text), isNamed(text, undefined), isNamed(text, '*.csv')],
  classify: (text) => [classify(listing, `s3://raw/in/${text}`), classify(listing, `file:///${text}%FF`)],
  decide: (text) => decide({ uri: `s3://raw/${text}`, key: text, mark: 'm' }, rule),
  parseEvent: (text) => parseEvent({ [text]: 1, detail: { s3Key: text, batchDate: text, source: text, [text]: text } }),
  parseBatchRequest: (text) => parseBatchRequest({ prefix: text, match: text, timeZone: text, from: text, to: text }),
  startsOf: (text) => [
    startsOf(text, 'm', rule, undefined),
    startsOf(JSON.stringify({ landed: { uri: text, key: text, mark: text } }), 'm', rule, undefined),
    startsOf(JSON.stringify({ detail: { s3Key: text, batchDate: '2026-02-08' } }), 'm', rule, 's3://raw'),
  ],
  eventKey: (text) => eventKey({ detail: { s3Key: text, batchDate: text } }, { rawBase: 's3://raw', cleanBase: text }),
  json: (text) => [
    parseJsonOr(text, undefined),
    parseJsonOr(`"${text}`, undefined),
    isShallow([text]),
    utf8Bytes(text),
  ],
  oneLine,
  lastLines: (text) => lastLines([text], 5),
  taskEnd: (text) =>
    failureOf({ taskArn: text, status: 'stopped', stoppedReason: text, containerReason: text, logTail: [] }),
  causeOf: (text) => causeOf({ name: 'PermanentRedirect', message: text, code: 'NamespaceNotFound' }),
  consoleUrl,
  tagValue,
  texts: (text) => [messageValue(text), escapeJson(text), shownUri(text), markdownText(text), summary(text)],
  parseStateChange,
  describeGroup: (text) => describeGroup({ letter: { id: 'l', reason: text, event: {} }, copies: [] }),
};

/** Each text ends in a character that makes a pattern fail after matching almost everything. */
const hostile: Record<string, (length: number) => string> = {
  underscores: (length) => `${'_'.repeat(length)}x`,
  slashes: (length) => `${'/'.repeat(length)}x`,
  dots: (length) => `${'.'.repeat(length)}x`,
  'parent folders': (length) => '../'.repeat(length / 3),
  'white space': (length) => `${' '.repeat(length)}x`,
  'line ends': (length) => `x${'\n'.repeat(length)}x`,
  'open braces': (length) => '{'.repeat(length),
  'encoded braces': (length) => '%7B'.repeat(length / 3),
  percents: (length) => '%'.repeat(length),
  brackets: (length) => '['.repeat(length),
  quotes: (length) => '"'.repeat(length),
  backslashes: (length) => '\\'.repeat(length),
  digits: (length) => `${'1'.repeat(length)}x`,
  dates: (length) => '2026-02-08/'.repeat(length / 11),
  'declared dates': (length) => 'batch_date=2026-02-08/'.repeat(length / 22),
  extensions: (length) => '.csv.gz'.repeat(length / 7),
  marks: (length) => `a${'\u0301'.repeat(length / 2)}${'\u0316'.repeat(length / 2)}`,
  'half characters': (length) => '\ud800'.repeat(length),
  'two-digit bytes': (length) => '%ff'.repeat(length / 3),
};

test.each(Object.keys(readers))('%s takes linear time for any text', (name) => {
  const read = readers[name] as (text: string) => unknown;
  const slow = Object.entries(hostile).filter(([, make]) => isSlow(read, make) && isSlow(read, make));
  expect(slow.map(([kind]) => kind)).toEqual([]);
});
