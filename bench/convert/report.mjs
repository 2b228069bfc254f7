// Formats measurements as tables and a chart.
import { readFileSync, writeFileSync } from 'node:fs';

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the median of the ratios of adjacent runs, which other load on the machine affects alike. */
const ratio = (ours, theirs, key) => median(ours.map((figures, run) => figures[key] / theirs[run][key]));

export function compareTable(results) {
  const rows = Object.entries(results).map(([name, runs]) => {
    const of = (key, digits) => median(runs.map((each) => each[key])).toFixed(digits);
    const against = (key) => (name === 'ours' ? '' : ratio(results.ours, runs, key).toFixed(2));
    return `| ${[name, `${of('wallSeconds', 2)} s`, against('wallSeconds'), `${of('cpuSeconds', 1)} s`, against('cpuSeconds'), `${of('peakMiB', 0)} MiB`, against('peakMiB')].join(' | ')} |`;
  });
  return [
    '| | wall time | ours / theirs | CPU time | ours / theirs | peak memory | ours / theirs |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...rows,
  ].join('\n');
}

export function growthTable(sizes) {
  const rows = sizes.map(({ where = 'as above', bytes, wallSeconds, cpuSeconds, peakMiB }) => {
    const pace = `${(bytes / 1e6 / wallSeconds).toFixed(0)} MB/s`;
    const cpu = cpuSeconds === undefined ? '' : `${cpuSeconds.toFixed(1)} s`;
    return `| ${[where, `${(bytes / 1e9).toFixed(2)} GB`, `${wallSeconds.toFixed(1)} s`, pace, cpu, `${peakMiB.toFixed(0)} MiB`].join(' | ')} |`;
  });
  return [
    '| ours | file | wall time | throughput | CPU time | peak memory |',
    '| --- | --: | --: | --: | --: | --: |',
    ...rows,
  ].join('\n');
}

/** Returns a bar chart of wall time and peak memory as SVG. */
export function chart(results) {
  const panels = [
    { title: 'Wall time, s', key: 'wallSeconds', digits: 1 },
    { title: 'Peak memory, MiB', key: 'peakMiB', digits: 0 },
  ];
  const names = Object.keys(results);
  const [width, left, bar, gap, top] = [720, 80, 22, 10, 44];
  const panel = width / 2;
  const height = top + names.length * (bar + gap) + 10;
  const drawn = panels.map(({ title, key, digits }, index) => {
    const figures = names.map((name) => median(results[name].map((each) => each[key])));
    const scale = (panel - left - 70) / Math.max(...figures);
    const x = index * panel;
    const bars = names.map((name, row) => {
      const y = top + row * (bar + gap);
      const length = (figures[row] * scale).toFixed(1);
      const fill = name === 'ours' ? '#0b7285' : '#adb5bd';
      return `<text x="${x + left - 8}" y="${y + 16}" text-anchor="end">${name}</text><rect x="${x + left}" y="${y}" width="${length}" height="${bar}" rx="2" fill="${fill}"/><text x="${x + left + Number(length) + 6}" y="${y + 16}">${figures[row].toFixed(digits)}</text>`;
    });
    return `<text x="${x + left}" y="26" font-weight="600">${title}</text>${bars.join('')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#212529"><title>Wall time and peak memory of one conversion in comparison with Polars, pandas and DuckDB</title><rect width="${width}" height="${height}" fill="#fff"/>${drawn.join('')}</svg>\n`;
}

/** Replaces the text between `<!-- mark -->` and `<!-- /mark -->`. */
export function putBetweenMarks(path, mark, text) {
  const document = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no block ${begin} … ${end}`);
  writeFileSync(path, `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`);
}
