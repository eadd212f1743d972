import type { ProcessState } from '../../../model/facts.ts'
import { baseName } from '../../../parsers/lines.ts'
import { programName } from '../relatives.ts'
import type { KnownRegion } from '../regions.ts'

export interface PythonVersion {
  major: number
  minor: number
  /** Without the global lock, and with mimalloc instead of its own arenas. */
  freeThreaded: boolean
  /** `3.11.7`; `3.11` where only that is known. */
  text: string
}

/** Null where nothing that is mapped carries a version. */
export function pythonVersion(
  process: ProcessState,
  environment: ReadonlyMap<string, string>,
  regions: readonly KnownRegion[],
): PythonVersion | null {
  const match = PROGRAM.exec(programName(process)) ?? mappedVersion(regions)
  if (match === null) return null
  const [, major = '', minor = '', flag] = match
  const short = `${major}.${minor}`
  // Images of Docker's own library set it; another Python may have been started in one.
  const full = environment.get('PYTHON_VERSION') ?? ''
  return {
    major: Number(major),
    minor: Number(minor),
    freeThreaded: flag === 't',
    text: /^\d\.\d{1,2}\.\d{1,3}$/.test(full) && full.startsWith(`${short}.`) ? full : short,
  }
}

const PROGRAM = /^python(\d)\.(\d{1,2})(t?)d?$/
const LIBRARY = /^libpython(\d)\.(\d{1,2})(t?)[dm]?\.so/
/** Its modules lie in a folder of its version. */
const MODULE = /\/lib\/python(\d)\.(\d{1,2})(t?)\//

function mappedVersion(regions: readonly KnownRegion[]): RegExpExecArray | null {
  for (const { region } of regions) {
    const match = LIBRARY.exec(baseName(region.name)) ?? MODULE.exec(region.name)
    if (match !== null) return match
  }
  return null
}
