import { split } from "./dateTime.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * Writes a time by a pattern in .NET's custom specifiers, the family to which the examples of the page
 * "DATETIMEFORMAT" belong; a backslash makes the next character literal.
 */
export function formatDateTimePattern(ticks: bigint, pattern: string): string {
  const { date, fraction } = split(ticks);
  return pattern.replace(/\\([\s\S])|([yMdHhmsfFt])\2*/g, (run: string, literal: string | undefined) =>
    literal === undefined ? writeSpecifier(run, date, fraction) : literal,
  );
}

function writeSpecifier(run: string, date: Date, fraction: number): string {
  const { length } = run;
  const padded = (value: number) => String(value).padStart(Math.min(length, 2), "0");
  switch (run.charAt(0)) {
    case "y":
      return length <= 2
        ? padded(date.getUTCFullYear() % 100)
        : String(date.getUTCFullYear()).padStart(length, "0");
    case "M": {
      const name = months[date.getUTCMonth()] ?? "";
      return length <= 2 ? padded(date.getUTCMonth() + 1) : length === 3 ? name.slice(0, 3) : name;
    }
    case "d": {
      const name = days[date.getUTCDay()] ?? "";
      return length <= 2 ? padded(date.getUTCDate()) : length === 3 ? name.slice(0, 3) : name;
    }
    case "H":
      return padded(date.getUTCHours());
    case "h":
      return padded(date.getUTCHours() % 12 || 12);
    case "m":
      return padded(date.getUTCMinutes());
    case "s":
      return padded(date.getUTCSeconds());
    case "t":
      return (date.getUTCHours() < 12 ? "AM" : "PM").slice(0, length);
    case "f":
      return digits(fraction, length);
    default:
      return digits(fraction, length).replace(/0+$/, "");
  }
}

function digits(fraction: number, length: number): string {
  return String(fraction).padStart(7, "0").slice(0, Math.min(length, 7));
}
