#!/usr/bin/env node
import { runCommand } from "./runCommand.ts";

process.exitCode = runCommand(process.argv.slice(2));
