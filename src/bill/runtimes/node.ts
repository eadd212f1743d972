import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import { environmentOf } from './environment.ts'
import { nodeFindings } from './node/findings.ts'
import { nodeFlags } from './node/flags.ts'
import { heapLimit } from './node/heap-limit.ts'
import { nodeItems } from './node/items.ts'
import { nodeMap } from './node/map.ts'
import { memorySeen, memorySeenQuestions } from './node/memory-seen.ts'
import { nodeVersion, versionQuestions } from './node/version.ts'
import { isLesserWorker, isTitled, programName } from './relatives.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { mapFindings, memoryMap, SMAPS_QUESTION, unattributedBytes } from './smaps-view.ts'

/** Node: V8's heap and code, what its buffers and native modules take, and how large V8 lets its heap become. */
export const node: Runtime = {
  id: 'node',
  recognise: (process, processes) => isNode(process) && !isLesserWorker(process, processes),
  questions: (process) => [
    { kind: 'environment', id: 'environment', names: ['NODE_OPTIONS', 'NODE_VERSION'] },
    ...versionQuestions(process),
    ...memorySeenQuestions(process),
    SMAPS_QUESTION,
  ],
  view,
}

function isNode(process: ProcessState): boolean {
  return /^node(?:js)?(?:-?v?\d[\d.]{0,10})?$/.test(programName(process))
}

function view(process: ProcessState, context: RuntimeContext): RuntimeView {
  const map = memoryMap(process, context)
  const v8 = nodeMap(map.regions)
  const environment = environmentOf(context)
  const version = nodeVersion(context, environment, map.regions)
  const seen = version === null ? null : memorySeen(version, context)
  const flags = nodeFlags(process.command, environment.get('NODE_OPTIONS') ?? null)
  // What NODE_OPTIONS says may have been overruled by what the title hides, or by arguments that could not be read.
  const hidden = isTitled(process) || process.command.length === 0
  const limit = hidden ? null : heapLimit(flags, version, seen?.bytes ?? null)
  const items = map.refusal === null ? nodeItems(v8, limit) : []
  return {
    runtime: node.id,
    pid: process.pid,
    version: version === null ? null : `Node ${version.text}`,
    items,
    residentBytes: map.residentBytes,
    unattributedBytes: map.refusal === null ? unattributedBytes(items, map.residentBytes) : null,
    findings: [
      ...mapFindings(map),
      ...nodeFindings({ process, context, v8, version, seen, flags, limit, items }),
    ],
  }
}
