import type { World } from '../../model/evidence.ts'
import { readCgroup, readChain } from '../../sources/cgroup/index.ts'
import { readHost } from '../../sources/host/index.ts'
import { readProcessesOf } from '../../sources/proc/index.ts'
import { emptyReading } from '../../sources/reading.ts'
import type { Reading } from '../../sources/reading.ts'
import type { Gathering } from './gathering.ts'

/** A group with all above and below it, and the processes that live there. */
export function readGroupWorld(gathering: Gathering, path: string): World[] {
  const { reader, hierarchy, rollupMaxRssBytes } = gathering
  if (hierarchy === null) return [noHierarchy()]
  // What lives below the root is the whole machine, not the subject.
  if (path === '/') return [readChain(reader, hierarchy, path)]
  return [
    readCgroup(reader, hierarchy, path),
    readProcessesOf(reader, hierarchy, path, { rollupMaxRssBytes }),
  ]
}

export function readMachine(gathering: Gathering): World {
  return readHost(gathering.reader)
}

function noHierarchy(): Reading {
  return {
    ...emptyReading(),
    unknown: ['no cgroup hierarchy with the memory controller is mounted here'],
  }
}
