import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import { environmentOf } from './environment.ts'
import { pythonFindings } from './python/findings.ts'
import { pythonItems } from './python/items.ts'
import { pythonVersion } from './python/version.ts'
import { isLesserWorker, programName } from './relatives.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { mapFindings, memoryMap, SMAPS_QUESTION, unattributedBytes } from './smaps-view.ts'

/** CPython: what its own allocator holds for small objects, what malloc holds for all others, and what workers still share. */
export const python: Runtime = {
  id: 'python',
  recognise: (process, processes) => isPython(process) && !isLesserWorker(process, processes),
  questions: () => [{ kind: 'environment', id: 'environment', names: VARIABLES }, SMAPS_QUESTION],
  view,
}

const VARIABLES = [
  'PYTHON_VERSION',
  'PYTHONMALLOC',
  'PYTHONDEVMODE',
  'PYTHONTRACEMALLOC',
  'MALLOC_ARENA_MAX',
  'MALLOC_TRIM_THRESHOLD_',
  'MALLOC_MMAP_THRESHOLD_',
  'LD_PRELOAD',
]

/** uWSGI holds a Python as a library: the map of its memory tells. */
function isPython(process: ProcessState): boolean {
  return (
    /^(?:python(?:\d(?:\.\d{1,2})?)?[td]?|uwsgi)$/.test(programName(process)) &&
    // A helper of multiprocessing that only waits.
    !process.command.some((argument) =>
      argument.startsWith('from multiprocessing.resource_tracker '),
    )
  )
}

function view(process: ProcessState, context: RuntimeContext): RuntimeView | null {
  const map = memoryMap(process, context)
  const environment = environmentOf(context)
  const version = pythonVersion(process, environment, map.regions)
  if (version === null && programName(process) === 'uwsgi') return null
  const items = map.refusal === null ? pythonItems(map.regions, version, environment) : []
  return {
    runtime: python.id,
    pid: process.pid,
    version: version === null ? null : `Python ${version.text}`,
    items,
    residentBytes: map.residentBytes,
    unattributedBytes: map.refusal === null ? unattributedBytes(items, map.residentBytes) : null,
    findings: [
      ...mapFindings(map),
      ...pythonFindings({ process, context, map, items, environment }),
    ],
  }
}
