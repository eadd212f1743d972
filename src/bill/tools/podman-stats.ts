import { formatBytes } from '../../model/bytes.ts'
import type { GroupFigures } from '../figures.ts'
import { sentence } from './sentences.ts'
import { groupOfEngine } from './subject.ts'
import type { Tool } from './tool.ts'

/** What `podman stats` reads has changed twice (containers/common, pkg/cgroups: c7fd073c, 1a9d45ce, 2eca56c3). */
interface Reading {
  /** First version that reads so, and the words for it. */
  since: readonly [major: number, minor: number]
  versions: string
  bytes(group: GroupFigures): number | null
  formula(version: 1 | 2): string
  says(version: 1 | 2): string
}

const CHARGE = 'this is the charge: page cache counts'
const ANON = 'anonymous memory alone: page cache, tmpfs and the kernel do not count'

/** Newest first. */
const READINGS: readonly Reading[] = [
  {
    since: [5, 6],
    versions: '5.6 and later',
    bytes: ({ chargeBytes, stat }) => {
      const inactive = stat.get('inactive_file')
      return inactive === undefined ? null : Math.max(0, chargeBytes - inactive)
    },
    formula: (version) =>
      version === 1
        ? 'memory.usage_in_bytes - memory.stat total_inactive_file'
        : 'memory.current - memory.stat inactive_file',
    says: () => 'page cache on the inactive list (inactive_file) is left out, as in docker stats',
  },
  {
    since: [4, 7],
    versions: '4.7 to 5.5',
    bytes: ({ version, stat }) =>
      version === 2
        ? (stat.get('anon') ?? null)
        : sum(stat.get('active_anon'), stat.get('inactive_anon')),
    formula: (version) =>
      version === 1 ? 'memory.stat total_active_anon + total_inactive_anon' : 'memory.stat anon',
    says: (version) =>
      version === 1 ? 'anonymous memory and tmpfs: page cache and the kernel do not count' : ANON,
  },
  {
    since: [4, 0],
    versions: '4.0 to 4.6',
    bytes: ({ version, chargeBytes, stat }) =>
      version === 1 ? chargeBytes : (stat.get('anon') ?? null),
    formula: (version) => (version === 1 ? 'memory.usage_in_bytes' : 'memory.stat anon'),
    says: (version) => (version === 1 ? CHARGE : ANON),
  },
  {
    since: [0, 0],
    versions: 'before 4.0',
    bytes: ({ chargeBytes }) => chargeBytes,
    formula: (version) => (version === 1 ? 'memory.usage_in_bytes' : 'memory.current'),
    says: () => CHARGE,
  },
]

const UNITS = 'it counts in units of 1000: 1 MB is 0.95 MiB'

/** MEM USAGE of `podman stats`. */
export const podmanStats: Tool = {
  name: 'podman stats',
  figure(inputs) {
    const group = groupOfEngine(inputs, 'podman')
    if (group === null) return null
    const known = readingOf(inputs.engineVersion ?? null)
    const reading = known ?? READINGS[0]
    if (reading === undefined) return null
    const { version } = group
    return {
      tool: known === null ? `podman stats (${reading.versions})` : 'podman stats',
      bytes: reading.bytes(group),
      formula: reading.formula(version),
      says: sentence(reading.says(version), known === null ? others(group) : null, UNITS),
    }
  },
}

function readingOf(version: string | null): Reading | null {
  const match = /^v?(\d{1,4})\.(\d{1,4})/.exec(version ?? '')
  if (match === null) return null
  const [major, minor] = [Number(match[1]), Number(match[2])]
  const reached = READINGS.find(
    ({ since }) => major > since[0] || (major === since[0] && minor >= since[1]),
  )
  return reached ?? null
}

/** What the versions before the newest would show. */
function others(group: GroupFigures): string {
  const shown = READINGS.slice(1).flatMap((reading) => {
    const bytes = reading.bytes(group)
    return bytes === null ? [] : [`${reading.versions} ${formatBytes(bytes)}`]
  })
  return `other versions differ: ${shown.join(', ')}`
}

function sum(a: number | undefined, b: number | undefined): number | null {
  return a === undefined || b === undefined ? null : a + b
}
