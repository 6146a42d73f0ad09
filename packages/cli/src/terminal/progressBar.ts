import type { Stream } from "../output.ts";

/** How far some work is. */
interface Progress {
  /** Items done, by this run. */
  readonly items: number;
  /** The part of the whole that is done, 0 to 1, where that is known. */
  readonly part?: number | undefined;
  /** The part that was done before this run. */
  readonly partBefore?: number;
  /** Request units (RU). */
  readonly requestCharge: number;
}

/** A line that says how far work is, for people at a terminal; elsewhere nothing. */
export interface ProgressBar {
  show(progress: Progress): void;
  /** Makes room for a line of text; the bar comes back with what it shows next. */
  clear(): void;
  /** Takes the line away. */
  stop(): void;
}

const noBar: ProgressBar = { show: () => undefined, clear: () => undefined, stop: () => undefined };

/** Characters of the bar itself. */
const length = 20;

/** Times a second that the line is drawn anew, at most. */
const drawsPerSecond = 10;

/** Goes to the line's beginning and erases it. Source: ECMA-48, EL. */
export const erase = "\r\u001b[K";

/**
 * Makes one on standard error. It listens to no signals, as spinners do: ending in an orderly way is the work's own
 * matter.
 */
export function progressBar(stderr: Stream): ProgressBar {
  if (stderr.isTTY !== true) return noBar;
  const started = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    stderr.write(erase);
  };
  return {
    show(progress) {
      const now = performance.now();
      if (now - drawn < 1_000 / drawsPerSecond) return;
      drawn = now;
      const text = describeProgress(progress, (now - started) / 1_000);
      // A line that wraps could not be taken away; each of its characters takes one place.
      stderr.write(erase + text.slice(0, (stderr.columns || Number.POSITIVE_INFINITY) - 1));
    },
    clear,
    stop: clear,
  };
}

/** `█████░░░░░ 25 %  1,000 items  500/s  5,210 RU  0:06 left` */
function describeProgress({ items, part, partBefore = 0, requestCharge }: Progress, seconds: number): string {
  const rate = seconds > 0 ? items / seconds : 0;
  const parts = [
    `${grouped(items)} ${items === 1 ? "item" : "items"}`,
    `${grouped(rate)}/s`,
    `${grouped(requestCharge)} RU`,
  ];
  if (part === undefined) return parts.join("  ");
  const full = Math.round(Math.min(1, part) * length);
  const bar = "█".repeat(full) + "░".repeat(length - full);
  const speed = seconds > 0 ? (part - partBefore) / seconds : 0;
  const left = speed > 0 ? `${clock((1 - part) / speed)} left` : "";
  return [`${bar} ${Math.floor(part * 100)} %`, ...parts, left].join("  ").trimEnd();
}

const grouped = (value: number): string => Math.round(value).toLocaleString("en");

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
