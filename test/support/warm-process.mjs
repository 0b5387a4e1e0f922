// Runs command lines that its parent sends, one after the other, by the built program: a process that stays saves what
// starting one takes, and what is compiled once. See warm-cli.ts.
import { main } from '../../dist/bundle/main.js';

process.on('message', async ({ args, cwd, env }) => process.send(await run(args, cwd, env)));
process.on('disconnect', () => process.exit());

async function run(args, cwd, env) {
  const chunks = { stdout: [], stderr: [] };
  for (const name of Object.keys(chunks)) {
    process[name].write = (chunk, encoding, done) => {
      chunks[name].push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      (typeof encoding === 'function' ? encoding : done)?.();
      return true;
    };
  }
  const saved = { ...process.env };
  Object.assign(process.env, { NO_COLOR: '1', ...env });
  process.chdir(cwd);
  process.exitCode = 0;
  try {
    await main(args);
  } catch (error) {
    process.exitCode = 70;
    chunks.stderr.push(Buffer.from(String(error.stack)));
  } finally {
    // Uncovers the method of the stream.
    Object.keys(chunks).forEach((name) => delete process[name].write);
    Object.keys(process.env).forEach((name) => name in saved || delete process.env[name]);
    Object.assign(process.env, saved);
  }
  const code = process.exitCode;
  process.exitCode = 0;
  return { code, stdout: Buffer.concat(chunks.stdout), stderr: Buffer.concat(chunks.stderr).toString() };
}
