// A thread that does what the head of the "file" asks for, in the place of the program that inspects heads.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ({ bytes, options }) => {
  const text = Buffer.from(bytes).toString();
  if (text === 'loop') for (;;);
  // As busy as a loop, without a processor.
  if (text === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (text === 'exit') process.exit(7);
  if (text === 'throw') throw new Error('out of order');
  if (text === 'fill') for (const kept = []; ; ) kept.push({ text, at: kept.length });
  if (text === 'fail') parentPort.postMessage({ failure: 'Error: a bug' });
  else parentPort.postMessage({ inspection: { text, options, env: Object.keys(process.env) } });
});
