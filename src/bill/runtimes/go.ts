import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import { MIB } from '../../model/bytes.ts'
import { environmentOf } from './environment.ts'
import { GO_MARK, goBuild } from './go/build.ts'
import { goFindings } from './go/findings.ts'
import { goItems } from './go/items.ts'
import { goMap } from './go/map.ts'
import { goSettings } from './go/settings.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { mapFindings, memoryMap, SMAPS_QUESTION, unattributedBytes } from './smaps-view.ts'

/**
 * Programs written in Go. From outside nothing tells one but what the linker wrote into its file: any program of several threads
 * may be one, and those that are none have no view.
 */
export const go: Runtime = {
  id: 'go',
  recognise: ({ executable, threads }) => executable !== null && (threads ?? 2) > 1,
  questions: () => [
    { kind: 'section', id: 'build', name: '.go.buildinfo', mark: GO_MARK, maxBytes: MIB / 4 },
    {
      kind: 'environment',
      id: 'environment',
      names: ['GOMEMLIMIT', 'GOGC', 'GODEBUG', 'AUTOMEMLIMIT'],
    },
    { kind: 'file', id: 'limits', path: 'limits', maxBytes: 16 * 1024 },
    SMAPS_QUESTION,
  ],
  view,
}

function view(process: ProcessState, context: RuntimeContext): RuntimeView | null {
  const map = memoryMap(process, context)
  const memory = goMap(map.regions)
  const build = goBuild(context)
  // A stripped file says nothing; the place of the heap up to Go 1.25 does.
  if (build === null && !memory.atKnownPlace) return null
  const settings = goSettings(environmentOf(context))
  const items = map.refusal === null ? goItems(memory, settings) : []
  return {
    runtime: go.id,
    pid: process.pid,
    version: build?.version ?? null,
    items,
    residentBytes: map.residentBytes,
    unattributedBytes: map.refusal === null ? unattributedBytes(items, map.residentBytes) : null,
    findings: [
      ...mapFindings(map),
      ...goFindings({ process, context, build, memory, settings, items }),
    ],
  }
}
