const daySeconds = 86_400;
/** Maximum number of days whose offsets are kept: 50 years. */
const maxDays = 18_250;

const zones = new Map<string, Zone>();

/** Returns a time zone of the IANA database: each is created once, because that takes long. */
export function zoneOf(timeZone: string): Zone {
  const zone = zones.get(timeZone) ?? new Zone(timeZone);
  zones.set(timeZone, zone);
  return zone;
}

/** Converts local times of a zone to instants. Both are in seconds since 1970. */
export class Zone {
  private readonly format: Intl.DateTimeFormat;
  /** UTC offsets at the start of days, in seconds, by day since 1970. */
  private readonly offsets = new Map<number, number>();

  constructor(timeZone: string) {
    const day = { era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    this.format = new Intl.DateTimeFormat('en', { timeZone, ...day, ...time });
  }

  /**
   * Returns the instant of a local time; undefined for one that a clock change skips. Of two instants, returns the
   * earlier one.
   */
  instantOf(local: number): number | undefined {
    const day = Math.floor(local / daySeconds);
    // No offset exceeds a day, so these two apply before and after any change around the local time.
    const [before, after] = [this.offsetOfDay(day - 1), this.offsetOfDay(day + 2)];
    if (before === after) return local - before;
    // The larger offset gives the earlier instant.
    const candidates = [Math.max(before, after), Math.min(before, after)].map((offset) => local - offset);
    return candidates.find((instant) => instant + this.offsetAt(instant) === local);
  }

  private offsetOfDay(day: number): number {
    const known = this.offsets.get(day);
    if (known !== undefined) return known;
    const offset = this.offsetAt(day * daySeconds);
    if (this.offsets.size >= maxDays) this.offsets.clear();
    this.offsets.set(day, offset);
    return offset;
  }

  private offsetAt(instant: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.format.formatToParts(instant * 1000)) parts[type] = value;
    const number = (name: string): number => Number(parts[name]);
    const local = new Date(0);
    local.setUTCFullYear(parts.era === 'BC' ? 1 - number('year') : number('year'), number('month') - 1, number('day'));
    local.setUTCHours(number('hour'), number('minute'), number('second'));
    return local.getTime() / 1000 - instant;
  }
}
