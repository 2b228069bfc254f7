// lib/src/timeZones.ts and pipeline/src/calendar/wallTime.ts: the clock changes of a zone, and the instants of a wall time.
import { cpuMs, Differences } from './differences.mjs';

export const packages = ['temporal-polyfill@1.0.8', '@js-temporal/polyfill@0.5.1', 'luxon@3.7.2', 'croner@11.0.0'];

const [firstYear, lastYear] = [2026, 2036];
const minute = 60_000;

export async function compare({ load, require, say }) {
  const { clockChanges, instantsOf, minutesOfDay } = require('@etl/pipeline/calendar/wallTime');
  const { startsOn } = require('@etl/pipeline/calendar/nextRuns');
  const { everyDay } = require('@etl/pipeline/calendar/timetable');
  const { DateTime } = await load('luxon');
  const { Cron } = await load('croner');
  const polyfills = { 'temporal-polyfill': await load('temporal-polyfill') };
  polyfills['@js-temporal/polyfill'] = await load('@js-temporal/polyfill');
  const zones = Intl.supportedValuesOf('timeZone');
  const [from, to] = [Date.UTC(firstYear, 0), Date.UTC(lastYear, 0)];

  const changes = new Map();
  say(
    `ours: changes of ${zones.length} zones, ${firstYear} to ${lastYear}, in ${cpuMs(() => {
      for (const zone of zones) changes.set(zone, clockChanges(zone, from, to));
    }).toFixed(0)} ms of CPU`,
  );
  for (const [name, { Temporal }] of Object.entries(polyfills)) {
    const differences = new Differences(`${name}, clock changes by zone`);
    const time = cpuMs(() => {
      for (const zone of zones) {
        const theirs = transitions(Temporal, zone, from, to);
        const [here, there] = [JSON.stringify(changes.get(zone)), JSON.stringify(theirs)];
        differences.add(here === there ? undefined : 'other changes', `${zone} ${here} / ${there}`.slice(0, 300));
      }
    });
    say(`${name}: ${time.toFixed(0)} ms of CPU`);
    differences.report(say);
  }

  // Quarter hours around each change of one zone of each kind.
  const kinds = new Map(zones.map((zone) => [JSON.stringify(changes.get(zone)), zone]));
  const asked = [...kinds.values()].flatMap((zone) =>
    changes
      .get(zone)
      .slice(0, 4)
      .flatMap(({ at, before, after }) =>
        [before, after].flatMap((offset) =>
          Array.from({ length: 16 }, (_, index) => {
            const shown = new Date(at + offset * minute + (index - 8) * 15 * minute);
            return {
              zone,
              day: shown.toISOString().slice(0, 10),
              time: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
            };
          }),
        ),
      ),
  );
  const finders = {
    ours: ({ zone, day, time }) => instantsOf(zone, day, time),
    ...Object.fromEntries(
      Object.entries(polyfills).map(([name, { Temporal }]) => [name, (each) => temporalInstants(Temporal, each)]),
    ),
    luxon: ({ zone, day, time }) => {
      const parts = { hour: Math.floor(time / 60), minute: time % 60 };
      const [year, month, date] = day.split('-').map(Number);
      const found = DateTime.fromObject({ year, month, day: date, ...parts }, { zone });
      const shown = `${day} ${String(parts.hour).padStart(2, '0')}:${String(parts.minute).padStart(2, '0')}`;
      const possible = found.getPossibleOffsets().filter((each) => each.toFormat('yyyy-MM-dd HH:mm') === shown);
      return possible.map((each) => each.toMillis()).sort((a, b) => a - b);
    },
  };
  const expected = asked.map(finders.ours);
  say('');
  for (const [name, find] of Object.entries(finders)) {
    const differences = new Differences(`${name}, instants of wall times around clock changes`);
    const time = cpuMs(() => {
      for (const [index, each] of asked.entries()) {
        const [here, there] = [`${expected[index]}`, `${find(each)}`];
        const example = `${each.zone} ${each.day} ${each.time} min: [${here}] / [${there}]`;
        differences.add(here === there ? undefined : 'other instants', example);
      }
    });
    differences.report(say);
    say(`  ${(time / asked.length).toFixed(3)} ms of CPU each`);
  }

  // A schedule starts once on every day, also where the clock skips or repeats its time.
  const days = new Map(asked.map((each) => [`${each.zone} ${each.day} ${each.time}`, each]));
  const once = {
    ours: ({ zone, day, time }) => startsOn({ ...everyDay, times: [time] }, zone, day).length,
    croner: ({ zone, day, time }) => {
      const cron = new Cron(`${(time % minutesOfDay) % 60} ${Math.floor(time / 60)} * * *`, {
        timezone: zone,
        paused: true,
      });
      const begin = new Date(Date.parse(`${day}T00:00:00Z`) - 15 * 60 * minute);
      const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
      return cron.nextRuns(5, begin).filter((run) => local.format(run) === day).length;
    },
  };
  say('');
  for (const [name, count] of Object.entries(once)) {
    const differences = new Differences(`${name}, days of a change with one start`);
    for (const each of days.values()) {
      const starts = count(each);
      differences.add(starts === 1 ? undefined : `with ${starts} starts`, `${each.zone} ${each.day} ${each.time} min`);
    }
    differences.report(say);
  }
}

function transitions(Temporal, zone, from, to) {
  const found = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > to) return found;
    const before = next.subtract({ nanoseconds: 1 });
    const [was, is] = [before.offsetNanoseconds / 6e10, next.offsetNanoseconds / 6e10];
    if (was !== is) found.push({ at: next.epochMilliseconds, before: was, after: is });
    at = next;
  }
}

function temporalInstants(Temporal, { zone, day, time }) {
  const wall = Temporal.PlainDate.from(day).toPlainDateTime({ hour: Math.floor(time / 60), minute: time % 60 });
  const found = ['earlier', 'later'].map((disambiguation) => wall.toZonedDateTime(zone, { disambiguation }));
  const same = found.filter((each) => each.toPlainDateTime().equals(wall));
  return [...new Set(same.map(({ epochMilliseconds }) => epochMilliseconds))].sort((a, b) => a - b);
}
