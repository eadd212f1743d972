/** What lies on the disk only meanwhile goes with the program, also where a signal ends it, or nobody reads what it prints. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCode } from '../model/error-code.ts'
import { unreachableError } from '../model/errors.ts'
import type { Variables } from './context.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const paths = new Set<string>()

/**
 * Removes a file or a folder when the program ends.
 *
 * @returns says that it is not there any more, or shall stay
 */
export function removeAtEnd(path: string): () => void {
  if (paths.size === 0) listen()
  paths.add(path)
  return () => {
    if (paths.delete(path) && paths.size === 0) stopListening()
  }
}

/**
 * Gives a folder in that of temporary files, and removes it with all that is in it.
 *
 * @throws StellaError (unreachable) where none can be made; what the work throws
 */
export async function withScratchFolder<Result>(
  env: Variables,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = makeFolder(env['TMPDIR'] ?? tmpdir())
  const release = removeAtEnd(folder)
  try {
    return await work(folder)
  } finally {
    remove(folder)
    release()
  }
}

function makeFolder(parent: string): string {
  try {
    return mkdtempSync(join(parent, 'stella-'))
  } catch (error) {
    throw unreachableError(
      `no temporary file can be made there (${errorCode(error)})`,
      parent,
      'name another folder with TMPDIR',
      { cause: error },
    )
  }
}

function listen(): void {
  process.on('exit', removeAll)
  for (const signal of SIGNALS) process.on(signal, leave)
}

function stopListening(): void {
  process.off('exit', removeAll)
  for (const signal of SIGNALS) process.off(signal, leave)
}

/** Dying of the signal lets a shell see what it would have seen without us. */
function leave(signal: NodeJS.Signals): void {
  removeAll()
  stopListening()
  process.kill(process.pid, signal)
}

function removeAll(): void {
  for (const path of paths) remove(path)
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // Another thread still writes there: what it makes now stays, in a folder for what is temporary.
  }
}
