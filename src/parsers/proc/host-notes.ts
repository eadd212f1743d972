import type { Observation } from '../../model/evidence.ts'
import type { HostMemory } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin, TextFormat } from '../format.ts'
import { linesOf } from '../lines.ts'
import { observation } from '../observe.ts'
import { freeTable } from './free.ts'
import { hostState } from './host-state.ts'
import { hostMemorySays } from './meminfo.ts'

/** `uname -a` and /proc/version begin with the same word; only one of them goes on with "version". */
const VERSION = /^Linux version (\S+) \(/
const UNAME = /^Linux \S+ (\d+\.\d\S*) #\d/
const SYSCTL = /^((?:vm|kernel|fs|net|abi|debug|dev|user)\.[\w./-]{1,80}) ?= ?(.*)$/
const BTIME = /^btime (\d{9,11})$/
/** Lines that stand between them and say nothing that we read. */
const NEUTRAL =
  /^(?:\s*total +used|Mem:|Swap:|Total:|-\/\+ buffers|Filename\s+Type|\/\S+\s+(?:partition|file)\s|cpu\d*\s|intr |ctxt |processes |procs_|softirq |$)/

const NOTES_CHARS = 256 * 1024

/** Notes about a machine: uname, /proc/version, `free -b`, `sysctl -a`, /proc/stat; one of them, or several in one file. */
export const hostNotesFormat: TextFormat = {
  id: 'host-notes',
  // A raw kernel log begins with "Linux version" too: most lines must be known, not one.
  recognise(head) {
    let known = 0
    let lines = 0
    for (const { text: line } of linesOf(head)) {
      lines++
      if (isKnown(line)) known++
      else if (NEUTRAL.test(line)) lines--
    }
    return known > 0 && known >= lines / 2
  },
  parse,
}

function isKnown(line: string): boolean {
  return [VERSION, UNAME, SYSCTL, BTIME].some((pattern) => pattern.test(line))
}

function parse(text: string, origin: Origin): Observation[] {
  let kernelVersion: string | null = null
  let bootAt: Instant | null = null
  const sysctls = new Map<string, string>()
  const told: string[] = []
  for (const { text: line } of linesOf(text.slice(0, NOTES_CHARS))) {
    const version = VERSION.exec(line) ?? UNAME.exec(line)
    const boot = BTIME.exec(line)
    const sysctl = SYSCTL.exec(line)
    kernelVersion ??= version?.[1] ?? null
    if (boot !== null) bootAt = Number(boot[1]) * 1000
    // The kernel's other settings are some thousand, and no verdict asks for them.
    if (sysctl?.[1] !== undefined && /^(?:vm|kernel)\./.test(line))
      sysctls.set(sysctl[1], sysctl[2] ?? '')
    if (version !== null || boot !== null || line.startsWith('vm.')) told.push(line)
  }
  const memory = freeTable(text.slice(0, NOTES_CHARS))
  const found: Observation[] = []
  if (kernelVersion !== null || bootAt !== null || sysctls.size > 0) {
    found.push(
      observation(origin, {
        source: 'proc',
        says: sentence(kernelVersion, sysctls),
        excerpt: told.join('\n'),
        fact: hostState({ kernelVersion, bootAt, sysctls }),
      }),
    )
  }
  if (memory !== null) found.push(memoryObservation(origin, memory))
  return found
}

function memoryObservation(
  origin: Origin,
  memory: { fact: HostMemory; excerpt: string },
): Observation {
  return observation(origin, { source: 'proc', says: hostMemorySays(memory.fact), ...memory })
}

function sentence(kernelVersion: string | null, sysctls: ReadonlyMap<string, string>): string {
  const told = ['vm.overcommit_memory', 'vm.panic_on_oom', 'vm.swappiness'].flatMap((name) => {
    const value = sysctls.get(name)
    return value === undefined ? [] : [`${name} = ${value}`]
  })
  const kernel = kernelVersion === null ? [] : [`Linux ${kernelVersion}`]
  return `the machine: ${[...kernel, ...told].join(', ') || 'settings were recorded'}`
}
