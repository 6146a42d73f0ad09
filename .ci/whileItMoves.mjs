// node .ci/whileItMoves.mjs SECONDS COMMAND [ARGUMENT...]
//
// Runs a command, with its exit code and its output, and ends it when it has written nothing for so long: a process that
// goes round for ever cannot end itself. What it started ends with it. Plain JavaScript: it runs before the workspace's own
// Node is there.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const [seconds, command, ...args] = process.argv.slice(2);
// A session of its own: all that it starts stays in it, also what outlives its parent or has another process group.
const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });

/** Ends the session's processes, and returns their command lines. */
function end(signal) {
  const ended = [];
  let entries = [];
  try {
    entries = readdirSync("/proc");
  } catch {
    // Where there is no /proc, its process group has to do.
    try {
      process.kill(-child.pid, signal);
    } catch {}
  }
  for (const pid of entries.filter((entry) => /^\d+$/.test(entry))) {
    try {
      // Source: proc(5): after the name in parentheses come state, parent, process group, session.
      const [, , , session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
      if (session !== String(child.pid)) continue;
      ended.push(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim());
      process.kill(Number(pid), signal);
    } catch {
      // It has ended by itself.
    }
  }
  return ended.filter((line) => line !== "");
}

let timer;
function expectMore() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const running = end("SIGKILL").map((line) => `  ${line.slice(0, 300)}`);
    const said = `Ended, since nothing was written for ${seconds} s: ${[command, ...args].join(" ")}`;
    process.stderr.write(`${[said, "What was running:", ...running].join("\n")}\n`);
  }, Number(seconds) * 1_000);
}

for (const [from, to] of [
  [child.stdout, process.stdout],
  [child.stderr, process.stderr],
]) {
  from.on("data", expectMore).pipe(to);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(signal));
child.on("exit", () => {
  clearTimeout(timer);
  end("SIGKILL");
});
child.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
});
child.on("close", (code) => {
  clearTimeout(timer);
  process.exitCode = code ?? 1;
});
expectMore();
