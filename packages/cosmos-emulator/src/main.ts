#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// The second start and those after it do not compile the code again, which takes a fifth of a start. Where no cache can
// be kept, Node goes on without.
enableCompileCache();
void import("./command.ts").then(({ program }) => program.parseAsync());
