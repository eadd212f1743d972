import { heapSetting } from '../../verdict/runtime-heap.ts'
import { hasCause, type RemedyRule } from '../remedy-rule.ts'
import { environmentCommands } from './fit-heap.ts'

export const boundOffHeap: RemedyRule = {
  id: 'bound-off-heap',
  suits(incident, judgement) {
    if (!hasCause(judgement, 'off-heap')) return null
    const isNode = heapSetting(incident)?.runtime === 'node'
    return {
      id: boundOffHeap.id,
      layer: 'runtime',
      title: isNode
        ? 'Bound what lies outside the V8 heap: Buffers in flight, streams without back-pressure, native addons'
        : 'Bound what lies outside the heap: direct buffers, metaspace, code cache and malloc arenas',
      risk: 'low',
      reversible: true,
      commands: environmentCommands(
        incident,
        isNode
          ? { name: 'MALLOC_ARENA_MAX', value: '2' }
          : {
              name: 'JAVA_TOOL_OPTIONS',
              value: '-XX:MaxDirectMemorySize=64m -XX:MaxMetaspaceSize=128m',
            },
      ),
    }
  },
}
