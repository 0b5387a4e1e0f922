#!/usr/bin/env node
import { main } from '../dist/cli/main.js';

// `maskwright ... | head` closes the pipe early: that is no mistake, and there is nobody left to tell.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') {
    throw error;
  }
  process.exit();
});

await main(process.argv.slice(2));
