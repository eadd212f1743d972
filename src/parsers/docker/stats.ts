import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerStats } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'
import { observation } from '../observe.ts'

/** A sample as an observation; null where it says nothing about memory. */
export function statsObservation(
  origin: Origin,
  engine: 'docker' | 'podman',
  stats: ContainerStats,
  place: { at: Instant | null; line: number; excerpt: string },
): Observation | null {
  if (stats.usageBytes === null) return null
  const subject = stats.name ?? stats.id?.slice(0, 12) ?? 'without a name'
  const limit = stats.limitBytes === null ? '' : ` of ${formatBytes(stats.limitBytes)}`
  const says = `${engine} stats: container ${subject} uses ${formatBytes(stats.usageBytes)}${limit}`
  return observation(origin, { source: engine, ...place, says, fact: stats })
}
