import type { MachineDocument, MachineSize } from '../../audit/documents/machine.ts'
import type { HostMemory } from '../../model/facts.ts'
import { folderOf, type MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { readHost } from '../../sources/host/index.ts'
import { listFolder, readText, textOrNull, type Reader } from '../../sources/reader.ts'
import { ofKind } from '../of-kind.ts'

type HostFacts = Omit<MachineDocument, 'schema' | 'at' | 'engines' | 'containers' | 'programs'>

/** What of the machine itself decides how memory is given out and who is killed. Null where nothing of it can be read. */
export function surveyHost(reader: Reader, hierarchy: MemoryHierarchy | null): HostFacts | null {
  const { observations } = readHost(reader)
  const memory = ofKind(observations, 'host-memory')[0]?.fact ?? null
  if (memory === null && hierarchy === null) return null
  const kernel = textOrNull(reader, '/proc/sys/kernel/osrelease')?.trim()
  const huge = /\[(\w+)\]/.exec(
    textOrNull(reader, '/sys/kernel/mm/transparent_hugepage/enabled') ?? '',
  )?.[1]
  const accounting = hierarchy === null ? null : hasSwapAccounting(reader, hierarchy)
  return {
    ...(kernel === undefined ? {} : { kernel }),
    ...(hierarchy === null ? {} : { cgroup: hierarchy.version }),
    ...(memory === null ? {} : { memory: sizesOf(memory) }),
    sysctls: Object.fromEntries(
      ofKind(observations, 'host-state').flatMap(({ fact }) =>
        [...fact.sysctls].flatMap(([name, text]) =>
          /^-?\d{1,15}$/.test(text) ? [[name, Number(text)]] : [],
        ),
      ),
    ),
    ...pressureOf(reader),
    ...(huge === undefined ? {} : { transparentHugePages: huge }),
    ...(accounting === null ? {} : { swapAccounting: accounting }),
  }
}

function sizesOf({
  totalBytes,
  swapTotalBytes,
  fields,
}: HostMemory): Partial<Record<MachineSize, number>> {
  const [free, reserved, size] = ['HugePages_Free', 'HugePages_Rsvd', 'Hugepagesize'].map(
    (name) => fields.get(name) ?? null,
  )
  const isKnown = typeof free === 'number' && typeof reserved === 'number'
  const sizes: Record<MachineSize, number | null> = {
    totalBytes,
    swapBytes: swapTotalBytes,
    committedBytes: fields.get('Committed_AS') ?? null,
    commitLimitBytes: fields.get('CommitLimit') ?? null,
    idleHugePageBytes: isKnown && typeof size === 'number' ? (free - reserved) * size : null,
  }
  return Object.fromEntries(Object.entries(sizes).filter(([, bytes]) => bytes !== null))
}

/** A kernel that has it switched off has no file, or one that refuses to be read. */
function pressureOf(reader: Reader): Pick<HostFacts, 'pressure'> {
  if (!listFolder(reader, '/proc/sys').ok) return {}
  const read = readText(reader, '/proc/pressure/memory')
  if (read.ok) return { pressure: true }
  const isOff = read.problem.kind === 'missing' || read.problem.code === 'EOPNOTSUPP'
  return isOff ? { pressure: false } : {}
}

/** Of cgroup v2, the root has no such file, and only a group that has the controller can show that it is not there. */
function hasSwapAccounting(reader: Reader, hierarchy: MemoryHierarchy): boolean | null {
  const top = folderOf(hierarchy, hierarchy.mountRoot)
  if (top === null) return null
  const listed = listFolder(reader, top)
  if (!listed.ok) return null
  if (hierarchy.version === 1) {
    return listed.names.includes('memory.limit_in_bytes')
      ? listed.names.includes('memory.memsw.limit_in_bytes')
      : null
  }
  for (const name of listed.folders) {
    const inside = listFolder(reader, `${top}/${name}`)
    if (inside.ok && inside.names.includes('memory.max')) {
      return inside.names.includes('memory.swap.max')
    }
  }
  return null
}
