import { formatBytes, MIB } from '../../model/bytes.ts'
import { heapSetting, type HeapSetting } from '../../verdict/runtime-heap.ts'
import { ownLimitBytes } from '../../verdict/reading.ts'
import { command, hasCause, type Command, type RemedyRule } from '../remedy-rule.ts'
import { HEAP_SHARE } from '../first-step.ts'
import { ownersOf } from '../limits.ts'
import { podInCommands } from '../pod-in-commands.ts'
import { quote } from '../shell.ts'
import type { Incident } from '../../verdict/incident.ts'

export const fitHeap: RemedyRule = {
  id: 'fit-heap',
  suits(incident, judgement) {
    if (!hasCause(judgement, 'heap-over-limit')) return null
    const heap = heapSetting(incident)
    const limit = ownLimitBytes(incident) ?? judgement.binding.limitBytes
    if (heap === null || limit === null) return null
    const bytes = Math.floor((limit * HEAP_SHARE) / MIB) * MIB
    const variable =
      heap.runtime === 'node'
        ? { name: 'NODE_OPTIONS', value: `--max-old-space-size=${bytes / MIB}` }
        : { name: 'JAVA_TOOL_OPTIONS', value: `-Xmx${bytes / MIB}m` }
    return {
      id: fitHeap.id,
      layer: 'runtime',
      title: `Let the heap grow to ${formatBytes(bytes)} at most (70 % of the limit) instead of ${heap.setBy ?? 'its default'} (remove that from the command line, where it would win): then the runtime collects, or fails with a stack trace, before the kernel kills`,
      risk: 'low',
      reversible: true,
      commands: environmentCommands(incident, variable),
      change: winsOverEnvironment(heap)
        ? null
        : { kind: 'environment', set: { [variable.name]: variable.value } },
    }
  },
}

/** Where the flag stands on the command line, a person has to take it away first. */
function winsOverEnvironment({ setBy, because }: HeapSetting): boolean {
  const { fact } = because
  const command = 'command' in fact && Array.isArray(fact.command) ? fact.command : []
  return setBy !== null && command.join(' ').includes(setBy)
}

/** Where a flag stands on the command line it wins over the environment, so that one must go first. */
export function environmentCommands(
  incident: Incident,
  variable: { name: string; value: string },
): readonly Command[] {
  const { platform } = incident.subject
  const setting = `${variable.name}=${quote(variable.value)}`
  if (platform === 'kubernetes') {
    const { namespace, container } = podInCommands(incident.subject)
    return ownersOf(incident).map((owner) =>
      command(
        'kubernetes',
        `kubectl -n ${quote(namespace)} set env ${owner.join('/')} -c ${quote(container)} ${setting}`,
      ),
    )
  }
  if (platform === 'docker' || platform === 'podman') {
    return [
      command('compose', `environment: { ${variable.name}: "${variable.value}" }`),
      command(platform, `${platform} run --env ${setting} …`),
    ]
  }
  return [command('host', `export ${setting}`)]
}
