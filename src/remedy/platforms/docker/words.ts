/** Sizes and warnings in Docker's words. */
import { formatBytes, KIB, MIB } from '../../../model/bytes.ts'
import type { Change } from '../../../model/fix.ts'
import { textOrNull } from '../../../sources/reader.ts'
import type { Reader } from '../../../sources/reader.ts'
import { died } from './inspected.ts'
import type { Inspected } from './inspected.ts'
import { memoryFor } from './memory.ts'

/** As `--memory` takes it: `256m`, or bytes where it is no whole number of MiB. */
export function inMegabytes(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB}m` : `${bytes}b`
}

/** @param hostBytes memory of the machine that the container runs on; null: not known */
export function limitWarnings(
  found: Inspected,
  limitBytes: number,
  hostBytes: number | null,
): string[] {
  const { MemorySwap: total } = memoryFor(found.memory, limitBytes)
  return [
    total === -1
      ? 'Swap stays unlimited.'
      : `Memory and swap together may be ${formatBytes(total)}, of which swap is ${formatBytes(total - limitBytes)}.`,
    ...(found.memory.MemoryReservation > limitBytes
      ? [`The memory reservation comes down to ${formatBytes(limitBytes)}: it was above the limit.`]
      : []),
    ...(hostBytes !== null && limitBytes > hostBytes
      ? [`The machine has only ${formatBytes(hostBytes)}: such a limit protects nobody.`]
      : []),
    ...(died(found)
      ? [`${found.name} died (exit code ${found.exitCode ?? 'unknown'}): it is started again.`]
      : []),
    ...composeWarning(found),
  ]
}

/** What is written elsewhere overrules a change of the container alone. */
export function composeWarning({ labels }: Inspected): string[] {
  const project = labels['com.docker.compose.project']
  if (project === undefined) return []
  return [
    `It belongs to the Compose project ${project}: the next docker compose up makes it anew as the file says. Change the file, too.`,
  ]
}

/** Memory of this machine. */
export function hostBytes(reader: Reader): number | null {
  const total = /^MemTotal:\s+(\d+) kB/m.exec(textOrNull(reader, '/proc/meminfo') ?? '')?.[1]
  return total === undefined ? null : Number(total) * KIB
}

export function recreationTitle({ name }: Inspected, change: Change): string {
  return change.kind === 'limit'
    ? `Make ${name} anew with a memory limit of ${formatBytes(change.limitBytes)}`
    : `Make ${name} anew with other variables`
}
