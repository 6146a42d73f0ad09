/** 100-nanosecond units, in which the service counts time. */
export const ticksPerMillisecond = 10_000n;

/** The parts of a date that the date functions name. */
export type DatePart =
  | "year"
  | "month"
  | "day"
  | "hour"
  | "minute"
  | "second"
  | "millisecond"
  | "microsecond"
  | "nanosecond";

const partNames: Readonly<Record<DatePart, readonly string[]>> = {
  year: ["year", "yyyy", "yy", "y"],
  month: ["month", "mm", "m"],
  day: ["day", "dd", "d"],
  hour: ["hour", "hh"],
  minute: ["minute", "mi", "n"],
  second: ["second", "ss", "s"],
  millisecond: ["millisecond", "ms"],
  microsecond: ["microsecond", "mcs"],
  nanosecond: ["nanosecond", "ns"],
};

const parts = new Map(
  Object.entries(partNames).flatMap(([part, names]) => names.map((name) => [name, part as DatePart])),
);

/** A part by any of its names ("DateTimeAdd"). */
export function datePart(name: string): DatePart | undefined {
  return parts.get(name.toLowerCase());
}

/** The length of a part in ticks; nanoseconds, years and months have none. */
export const partTicks: Readonly<Partial<Record<DatePart, bigint>>> = {
  day: 864_000_000_000n,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: ticksPerMillisecond,
  microsecond: 10n,
};

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?Z?)?$/;

/** Ticks since the Unix epoch of an ISO 8601 text in UTC, or undefined. */
export function parseDateTime(text: string): bigint | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  const fraction = BigInt((match[7] ?? "").padEnd(7, "0"));
  return fromFields(year, month, day, hour, minute, second, fraction);
}

/** Ticks since the Unix epoch of a date's fields, or undefined if there is no such date. */
export function fromFields(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: bigint,
): bigint | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const valid =
    year >= 1 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return valid ? BigInt(date.getTime()) * ticksPerMillisecond + fraction : undefined;
}

const first = -621_355_968_000_000_000n;
const last = 2_534_023_007_999_999_999n;

/** Whether the time lies in the years 1 to 9999, which the text form can hold. */
export function isRepresentable(ticks: bigint): boolean {
  return ticks >= first && ticks <= last;
}

/** `YYYY-MM-DDThh:mm:ss.fffffffZ`, or undefined outside the years 1 to 9999. */
export function formatDateTime(ticks: bigint): string | undefined {
  if (!isRepresentable(ticks)) return undefined;
  const { date, fraction } = split(ticks);
  return `${date.toISOString().slice(0, 19)}.${String(fraction).padStart(7, "0")}Z`;
}

/** The time to the second, and the ticks within it. */
export function split(ticks: bigint): { date: Date; fraction: number } {
  const perSecond = 10_000_000n;
  const seconds = floorDivide(ticks, perSecond);
  return { date: new Date(Number(seconds) * 1000), fraction: Number(ticks - seconds * perSecond) };
}

/** The quotient, rounded down. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
