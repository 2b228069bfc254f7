// Runs in a browser, as the script of a page that wants to use what listens on this machine.

const json = { 'content-type': 'application/json' };
const ecs = (operation) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
});
const task = {
  cluster: 'etl-local',
  taskDefinition: 'etl-local',
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
};
const workflow = { workflowType: { name: 'etlPipeline' }, taskQueue: { name: 'etl' } };

/** Requests that would change something. */
const changes = [
  { method: 'POST', path: '/', headers: ecs('RunTask'), body: JSON.stringify(task) },
  { method: 'POST', path: '/', headers: ecs('CreateCluster'), body: '{"clusterName":"by-page"}' },
  { method: 'PUT', path: '/faults', headers: {}, body: '{"rules":[{"fault":"throttling"}]}' },
  { method: 'DELETE', path: '/faults', headers: {} },
  {
    method: 'POST',
    path: '/api/v1/namespaces/default/workflows/by-page',
    headers: json,
    body: JSON.stringify(workflow),
    csrf: true,
  },
  {
    method: 'POST',
    path: '/namespaces/default/task-queues/etl/nexus-services/a/b',
    headers: json,
    body: '{}',
    csrf: true,
  },
  { method: 'PUT', path: '/by-page', headers: {} },
  { method: 'PUT', path: '/lake/by-page.txt', headers: {}, body: 'written by a page' },
  {
    method: 'POST',
    path: '/lake?delete',
    headers: {},
    body: '<Delete><Object><Key>secret.txt</Key></Object></Delete>',
  },
  { method: 'POST', path: '/_ministack/reset', headers: {}, body: '' },
  { method: 'GET', path: '/?Action=CreateQueue&QueueName=by-page&Version=2012-11-05' },
];

/** Requests that would only read something. */
const reads = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/faults' },
  { method: 'GET', path: '/calls' },
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/favicon.ico' },
  { method: 'GET', path: '/lake/secret.txt' },
  { method: 'GET', path: '/api/v1/namespaces' },
  { method: 'GET', path: '/api/v1/namespaces/default/workflows' },
  { method: 'GET', path: '/_ministack/health' },
];

const within = (seconds, work) =>
  Promise.race([work, new Promise((resolve) => setTimeout(resolve, seconds * 1000))]).catch(() => undefined);

/** The text of an answer that the page may read. */
async function fetched(base, { path, csrf, ...init }, mode, seconds) {
  const signal = AbortSignal.timeout(seconds * 1000);
  const headers = { ...init.headers };
  if (csrf) headers['x-csrf-token'] = /_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? 'none';
  const answer = await fetch(base + path, { ...init, ...(mode === 'cors' && { headers }), mode, signal });
  return answer.ok ? `${answer.status} ${await answer.text()}` : undefined;
}

/** Loads it as `tag` would, and tells whether the page hears that it is there. */
function loaded(tag, base, { path }) {
  const element = document.createElement(tag);
  return new Promise((resolve) => {
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve(undefined);
    element.src = base + path;
    document.body.append(element);
  });
}

/** Sends a form to a frame. */
function submitted(base, { method, path, body = '' }) {
  const frame = document.createElement('iframe');
  frame.name = `frame-${Math.random()}`;
  const form = document.createElement('form');
  Object.assign(form, { method, action: base + path, target: frame.name, enctype: 'text/plain' });
  const input = document.createElement('input');
  // name=value of plain text makes JSON of the two.
  Object.assign(input, { name: `${body.slice(0, -1)},"rest":"`, value: '"}' });
  form.append(input);
  document.body.append(frame, form);
  return new Promise((resolve) => {
    // The second time: the first is the empty frame's.
    frame.onload = () => {
      if (frame.contentDocument?.URL !== 'about:blank') resolve(undefined);
    };
    form.submit();
  });
}

function connected(base) {
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/`);
  return new Promise((resolve) => {
    socket.onopen = () => resolve('open');
    socket.onerror = () => resolve(undefined);
  });
}

function streamed(base, { path }) {
  const source = new EventSource(base + path);
  return new Promise((resolve) => {
    source.onopen = () => resolve('open');
    source.onerror = () => {
      source.close();
      resolve(undefined);
    };
  });
}

/**
 * Tries one of `everyNth` requests against `base`, each for at most so many seconds. Returns what the page could read, by
 * request.
 */
async function attack(base, seconds, everyNth, first) {
  const tries = [...changes, ...reads].flatMap((request) => {
    const simple = ['GET', 'POST'].includes(request.method);
    const ways = { cors: () => fetched(base, request, 'cors', seconds) };
    if (simple) ways['no-cors'] = () => fetched(base, request, 'no-cors', seconds);
    // A frame takes the browser most of its time, and the page reads none.
    if (simple && changes.includes(request)) ways.form = () => submitted(base, request);
    if (request.method === 'GET') {
      for (const tag of ['img', 'script']) ways[tag] = () => loaded(tag, base, request);
      ways.events = () => streamed(base, request);
    }
    return Object.entries(ways).map(([way, run]) => [`${way} ${request.method} ${request.path}`, run]);
  });
  tries.push(['WebSocket', () => connected(base)]);
  const tried = tries.filter((_, at) => at % everyNth === first);
  const results = await Promise.all(tried.map(async ([what, run]) => [what, await within(seconds, run())]));
  document.body.replaceChildren();
  return Object.fromEntries(results.filter(([, result]) => result));
}

globalThis.attack = attack;
