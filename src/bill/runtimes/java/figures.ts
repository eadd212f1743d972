import { MIB } from '../../../model/bytes.ts'
import type { ProcessState } from '../../../model/facts.ts'
import { parseSmaps } from '../../../parsers/proc/smaps.ts'
import type { MemoryRegion } from '../../../parsers/proc/smaps.ts'
import { parseNativeMemory } from '../../../parsers/samples/native-memory.ts'
import type { NativeMemory } from '../../../parsers/samples/native-memory.ts'
import { answerText } from '../runtime.ts'
import type { RuntimeContext } from '../runtime.ts'
import { jvmSettings, optionWords } from './flags.ts'
import type { JvmSettings } from './flags.ts'
import { parseHeapInfo, parseMetaspace } from './heap-info.ts'
import type { HeapInfo, MetaspaceInfo } from './heap-info.ts'
import { residenceOf } from './residence.ts'
import type { Residence } from './residence.ts'

/** `other`: no machine that we know is loaded; null: nothing tells. */
export type Machine = 'hotspot' | 'openj9' | 'other' | null

/** Everything that was told about one JVM. */
export interface JvmFigures {
  machine: Machine
  version: string | null
  settings: JvmSettings
  /** Null: tracking is off, or the JVM could not be asked. */
  native: NativeMemory | null
  heap: HeapInfo | null
  metaspace: MetaspaceInfo | null
  /** Null: smaps could not be read. */
  residence: Residence | null
  /** As the kernel counts them. */
  threads: number | null
  /** MALLOC_ARENA_MAX of its environment. */
  arenaMax: string | null
}

/** Of a Java thread on Linux with 64 bit. */
const DEFAULT_STACK_BYTES = MIB

export function jvmFigures(process: ProcessState, context: RuntimeContext): JvmFigures {
  const text = (id: string): string | null => answerText(context, id)
  const smaps = text('smaps')
  const regions = smaps === null ? [] : parseSmaps(smaps).regions
  const heap = parseHeapInfo(text('heap') ?? '')
  const environment = text('environment')
  const settings = jvmSettings(text('flags'), optionWords(process.command, environment))
  const stackBytes = settings.stackBytes ?? DEFAULT_STACK_BYTES
  return {
    machine: machineIn(regions),
    version: versionOf(text('version')),
    settings,
    native: parseNativeMemory(text('nmt') ?? ''),
    heap,
    metaspace: parseMetaspace(text('heap'), text('metaspace')),
    residence: regions.length === 0 ? null : residenceOf(regions, heap?.range ?? null, stackBytes),
    threads: process.threads,
    arenaMax: /^MALLOC_ARENA_MAX=(\d{1,6})$/m.exec(environment ?? '')?.[1] ?? null,
  }
}

function machineIn(regions: readonly MemoryRegion[]): Machine {
  if (regions.length === 0) return null
  // OpenJ9 brings a libjvm.so of its own, in a folder j9vm.
  if (regions.some(({ name }) => /\/libj9vm\w*\.so|\/j9vm\//.test(name))) return 'openj9'
  return regions.some(({ name }) => /\/libjvm\.so(?: \(deleted\))?$/.test(name))
    ? 'hotspot'
    : 'other'
}

/** `OpenJDK 17.0.15 (HotSpot)` of VM.version's two lines. */
function versionOf(text: string | null): string | null {
  const machine =
    /^(\w[^\n]{0,80}?) (?:64-Bit |32-Bit )?(?:Server|Client|Zero|Minimal) VM version/.exec(
      text ?? '',
    )
  const version = /^JDK (\S{1,40})$/m.exec(text ?? '')?.[1]
  if (machine?.[1] === undefined || version === undefined) return null
  const name = machine[1] === 'OpenJDK' ? 'OpenJDK' : 'Java'
  // "8.0_504" is what everybody calls 8u504.
  return `${name} ${version.replace(/^8\.0_/, '8u')} (HotSpot)`
}
