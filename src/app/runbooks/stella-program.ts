import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Seen from the bundle and from the sources. */
const PROGRAMS = ['../bin/stella.js', '../../../scripts/stella.ts']

/** How this very program is started again: `stella` in a runbook is no other one, wherever PATH leads. */
export function stellaProgram(): readonly string[] {
  const files = PROGRAMS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return [process.execPath, files.find((each) => existsSync(each)) ?? '']
}
