import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import sharp from 'sharp';
import { peerPython } from './python.mjs';

const OURS = ['maskwright', 'sharp', 'onnxruntime-node', '@huggingface/transformers', 'exrs'];
const THEIRS = ['maskilayer', 'numpy', 'opencv-python-headless', 'pillow', 'torch', 'transformers', 'onnxruntime'];

/** What figures were measured on and with. */
export function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu.model.trim(),
    cores: cpus().length,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    system: `${type()} ${release().split('-')[0]}`,
    load: Number(loadavg()[0].toFixed(1)),
    versions: {
      node: process.version.slice(1),
      libvips: sharp.versions.vips,
      ...Object.fromEntries(OURS.map((name) => [name, versionOf(name)])),
      python: execFileSync(peerPython(), ['-c', 'import platform; print(platform.python_version())']).toString().trim(),
      ...pythonVersions(),
    },
  };
}

function versionOf(name) {
  const folder = name === 'maskwright' ? '../../' : `../../node_modules/${name}/`;
  return JSON.parse(readFileSync(new URL(`${folder}package.json`, import.meta.url), 'utf8')).version;
}

function pythonVersions() {
  const ask =
    'import json, sys; from importlib.metadata import version; print(json.dumps({n: version(n) for n in sys.argv[1:]}))';
  const versions = JSON.parse(execFileSync(peerPython(), ['-c', ask, ...THEIRS]).toString());
  // Both worlds have an onnxruntime.
  return Object.fromEntries(
    THEIRS.map((name) => [name === 'onnxruntime' ? 'onnxruntime (Python)' : name, versions[name]]),
  );
}
