import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { WorkerProgram } from '../../scanning/workers/worker-process.ts'

/** Seen from the bundle and from the sources. */
const PROGRAMS = ['./scan-worker.js', './worker.ts']

/** How a worker is started. */
export function workerProgram(): WorkerProgram {
  const files = PROGRAMS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const file = files.find((each) => existsSync(each)) ?? ''
  return { argv: [process.execPath, file], env: process.env }
}
