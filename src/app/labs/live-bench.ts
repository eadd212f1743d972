/** Labs on this machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unreachableError } from '../../model/errors.ts'
import { backends } from '../../labs/backends/index.ts'
import type { Bench } from '../../labs/bench.ts'
import { labShelf } from '../../labs/shelf.ts'
import { labStore } from '../../labs/state.ts'
import { hostReader } from '../../sources/reader.ts'
import { privateFolder } from '../../store/durable.ts'
import { takeLockSoon } from '../../store/lock.ts'
import { stellaProgram } from '../runbooks/stella-program.ts'

/** Seen from the bundle and from the sources. */
const FOLDERS = ['../labs', '../../../labs']
const WITNESS = 'container-oom-kill/lab.yaml'
const PROGRAMS = ['./lab-workload.js', '../../labs/workload/main.ts']

/** @param dataFolder where labs keep their files, and what was done with them */
export function liveBench(dataFolder: string, env: Bench['reader']['env']): Bench {
  const reader = hostReader({ env })
  return {
    reader,
    shelf: labShelf(firstThatHas(FOLDERS, WITNESS)),
    store: labStore(dataFolder),
    backends: backends(reader, firstThatHas(PROGRAMS, '')),
    stella: stellaProgram(),
    dataFolder,
  }
}

/** Only one at a time makes labs, or removes them. */
export async function alone<Result>(
  { dataFolder, reader }: Pick<Bench, 'dataFolder' | 'reader'>,
  purpose: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const folder = privateFolder(join(dataFolder, 'labs'))
  const lock = await takeLockSoon(join(folder, 'labs'), { purpose, at: reader.now() })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** @throws StellaError (unreachable) where there is none */
function firstThatHas(paths: readonly string[], witness: string): string {
  const places = paths.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const found = places.find((place) => existsSync(join(place, witness)))
  if (found !== undefined) return found
  throw unreachableError(
    'no labs come along with this stella',
    places[0] ?? null,
    'install it anew',
  )
}
