import { writeFileSync } from "node:fs";

/** What a process used in all: CPU time in microseconds, and its peak of resident memory in bytes. */
export interface WholeUsage {
  readonly cpu: number;
  readonly memory: number;
}

// Loaded with --import before a program, which so needs no code for being measured.
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: WholeUsage = { cpu: userCPUTime + systemCPUTime, memory: maxRSS * 1024 };
  writeFileSync(process.env["USAGE_FILE"] ?? "usage.json", JSON.stringify(usage));
});
