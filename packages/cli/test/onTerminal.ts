// Loaded before the CLI: its standard error is a terminal, as far as it can see.
process.stderr.isTTY = true;
