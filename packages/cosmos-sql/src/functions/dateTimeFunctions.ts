import type { Value } from "../json.ts";
import { type BuiltInFunction, define, defineWithClock, type FunctionFamily } from "./builtInFunction.ts";
import {
  type DatePart,
  datePart,
  floorDivide,
  formatDateTime,
  fromFields,
  isRepresentable,
  parseDateTime,
  partTicks,
  split,
  ticksPerMillisecond,
} from "./dateTime.ts";
import { formatDateTimePattern } from "./formatDateTimePattern.ts";

/** The start of the Windows epoch, before which DATETIMEBIN takes no origin ("DateTimeBin"). */
const windowsEpoch = fromFields(1601, 1, 1, 0, 0, 0, 0n) ?? 0n;

/** The date and time functions (documentation: "Date and time functions"). Ticks are 100 nanoseconds. */
export const dateTimeFunctions: FunctionFamily = {
  AGO: defineWithClock(
    2,
    2,
    (clock) => (part, count) => (typeof count === "number" ? add(part, -count, clock.started()) : undefined),
  ),
  DATETIMEADD: define(3, 3, (part, count, date) => {
    const ticks = toTicks(date);
    return ticks === undefined || typeof count !== "number" ? undefined : add(part, count, ticks);
  }),
  DATETIMEBIN: define(2, 4, bin),
  DATETIMEDIFF: define(3, 3, difference),
  DATETIMEFORMAT: define(2, 2, (date, pattern) => {
    const ticks = toTicks(date);
    return ticks === undefined || typeof pattern !== "string"
      ? undefined
      : formatDateTimePattern(ticks, pattern);
  }),
  DATETIMEFROMPARTS: define(3, 7, (...fields) => {
    const [year, month, day, hour = 0, minute = 0, second = 0, fraction = 0] = fields;
    const numbers = [year, month, day, hour, minute, second, fraction];
    if (!numbers.every((field): field is number => Number.isInteger(field))) return undefined;
    const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, f = 0] = numbers;
    const ticks = f < 0 || f > 9_999_999 ? undefined : fromFields(y, mo, d, h, mi, s, BigInt(f));
    return ticks === undefined ? undefined : formatDateTime(ticks);
  }),
  DATETIMEPART: define(2, 2, (part, date) => {
    const named = typeof part === "string" ? datePart(part) : undefined;
    const ticks = toTicks(date);
    return named === undefined || ticks === undefined ? undefined : partOf(named, ticks);
  }),
  DATETIMETOTICKS: define(1, 1, (date) => {
    const ticks = toTicks(date);
    return ticks === undefined ? undefined : Number(ticks);
  }),
  DATETIMETOTIMESTAMP: define(1, 1, (date) => {
    const ticks = toTicks(date);
    return ticks === undefined ? undefined : Number(floorDivide(ticks, ticksPerMillisecond));
  }),
  DAY: partFunction("day"),
  GETCURRENTDATETIME: defineWithClock(0, 0, (clock) => () => formatDateTime(clock.current())),
  GETCURRENTDATETIMESTATIC: defineWithClock(0, 0, (clock) => () => formatDateTime(clock.started())),
  GETCURRENTTICKS: defineWithClock(0, 0, (clock) => () => Number(clock.current())),
  GETCURRENTTICKSSTATIC: defineWithClock(0, 0, (clock) => () => Number(clock.started())),
  GETCURRENTTIMESTAMP: defineWithClock(0, 0, (clock) => () => toMilliseconds(clock.current())),
  GETCURRENTTIMESTAMPSTATIC: defineWithClock(0, 0, (clock) => () => toMilliseconds(clock.started())),
  MONTH: partFunction("month"),
  NOW: defineWithClock(0, 0, (clock) => () => formatDateTime(clock.started())),
  TICKSTODATETIME: define(1, 1, (ticks) => fromNumber(ticks, 1n)),
  TIMESTAMPTODATETIME: define(1, 1, (timestamp) => fromNumber(timestamp, ticksPerMillisecond)),
  YEAR: partFunction("year"),
};

function toTicks(date: Value): bigint | undefined {
  return typeof date === "string" ? parseDateTime(date) : undefined;
}

function toMilliseconds(ticks: bigint): number {
  return Number(floorDivide(ticks, ticksPerMillisecond));
}

function fromNumber(value: Value, unit: bigint): string | undefined {
  return typeof value === "number" && Number.isInteger(value)
    ? formatDateTime(BigInt(value) * unit)
    : undefined;
}

function partFunction(part: DatePart): BuiltInFunction {
  return define(1, 1, (date) => {
    const ticks = toTicks(date);
    return ticks === undefined ? undefined : partOf(part, ticks);
  });
}

function partOf(part: DatePart, ticks: bigint): number {
  const { date, fraction } = split(ticks);
  switch (part) {
    case "year":
      return date.getUTCFullYear();
    case "month":
      return date.getUTCMonth() + 1;
    case "day":
      return date.getUTCDate();
    case "hour":
      return date.getUTCHours();
    case "minute":
      return date.getUTCMinutes();
    case "second":
      return date.getUTCSeconds();
    case "millisecond":
      return Math.floor(fraction / 10_000);
    case "microsecond":
      return Math.floor(fraction / 10);
    case "nanosecond":
      return fraction * 100;
  }
}

function add(part: Value, count: number, ticks: bigint): string | undefined {
  const named = typeof part === "string" ? datePart(part) : undefined;
  if (named === undefined || !Number.isInteger(count)) return undefined;
  if (named === "year" || named === "month") return addMonths(named === "year" ? count * 12 : count, ticks);
  const unit = partTicks[named];
  const moved = unit === undefined ? floorDivide(BigInt(count), 100n) : BigInt(count) * unit;
  return formatDateTime(ticks + moved);
}

function addMonths(count: number, ticks: bigint): string | undefined {
  const { date, fraction } = split(ticks);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + count;
  const year = Math.floor(months / 12);
  const month = months - year * 12;
  if (year < 1 || year > 9999) return undefined;
  const lastDay = new Date(0);
  lastDay.setUTCFullYear(year, month + 1, 0);
  const moved = fromFields(
    year,
    month + 1,
    Math.min(date.getUTCDate(), lastDay.getUTCDate()),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    BigInt(fraction),
  );
  return moved === undefined ? undefined : formatDateTime(moved);
}

function bin(date: Value, part: Value, size: Value = 1, origin: Value = "1970-01-01"): Value {
  const ticks = toTicks(date);
  const start = toTicks(origin);
  const named = typeof part === "string" ? datePart(part) : undefined;
  if (
    ticks === undefined ||
    start === undefined ||
    start < windowsEpoch ||
    named === undefined ||
    named === "year" ||
    named === "month" ||
    typeof size !== "number" ||
    !Number.isInteger(size) ||
    size <= 0
  ) {
    return undefined;
  }
  // A tick is 100 nanoseconds, so the sum is taken in nanoseconds.
  const unit = (partTicks[named] ?? 0n) * 100n || 1n;
  const width = unit * BigInt(size);
  const binned = start * 100n + floorDivide((ticks - start) * 100n, width) * width;
  return formatDateTime(floorDivide(binned, 100n));
}

/** How many boundaries of the part lie between the two ("DateTimeDiff"). */
function difference(part: Value, from: Value, to: Value): Value {
  const start = toTicks(from);
  const end = toTicks(to);
  const named = typeof part === "string" ? datePart(part) : undefined;
  if (start === undefined || end === undefined || named === undefined) return undefined;
  if (!isRepresentable(start) || !isRepresentable(end)) return undefined;
  if (named === "nanosecond") return Number((end - start) * 100n);
  const unit = partTicks[named];
  if (unit !== undefined) return Number(floorDivide(end, unit) - floorDivide(start, unit));
  const years = partOf("year", end) - partOf("year", start);
  return named === "year" ? years : years * 12 + partOf("month", end) - partOf("month", start);
}
