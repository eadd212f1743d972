/** Reads --limit, and refuses what would do harm. */
import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { RemedyPlatform } from '../../../model/case.ts'
import { type StellaError, usageError } from '../../../model/errors.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { readDockerSize } from '../../../parsers/quantity/docker.ts'
import { readSize } from '../../../parsers/quantity/own.ts'

const NO_LIMIT = /^(?:-?0+(?:\.0+)?[a-z]*|-\d.*|none|max|unlimited|infinity|no)$/i

/**
 * A limit in the dialect of the platform that is changed.
 *
 * @returns bytes
 * @throws StellaError (usage) for what the platform does not read, and for what takes the limit away
 */
export function readLimit(text: string, platform: RemedyPlatform): number {
  if (NO_LIMIT.test(text)) {
    throw limitError(
      `'${text}' takes the limit away, which no fix does: without one a leak can take the whole machine down`,
      'name a size that leaves room for what it needs',
    )
  }
  switch (platform) {
    case 'docker':
    case 'podman':
    case 'compose':
      return bytesOf(readDockerSize(text))
    case 'kubernetes':
      return kubernetesLimit(text)
    case 'marathon':
      return marathonLimit(text)
    case 'systemd':
    case 'host':
      return bytesOf(readSize(text))
  }
}

function bytesOf(read: ReturnType<typeof readSize>): number {
  if (!read.ok) throw limitError(read.problem, read.todo)
  if (read.bytes > 0) return read.bytes
  throw limitError('a limit of less than a byte is none', 'name a size above 0')
}

function kubernetesLimit(text: string): number {
  const bytes = parseMemory(text)
  if (bytes === null) {
    throw limitError(`'${text}' is not a quantity for Kubernetes`, 'write it as 256Mi or 1Gi')
  }
  if (Number.isInteger(bytes) && bytes >= MIB) return bytes
  const number = text.replace(/(?<![a-z])[a-z]+$/i, '')
  throw limitError(
    `'${text}' is ${bytes} bytes in Kubernetes`,
    `write ${number}Mi where MiB are meant`,
  )
}

function marathonLimit(text: string): number {
  if (/^\d{1,9}(?:\.\d{1,3})?$/.test(text)) return Math.round(Number(text) * MIB)
  throw limitError(`'${text}' is not a size for Marathon`, 'write the number of MiB alone, as 256')
}

/**
 * A limit must hold what reclaim cannot take now, and stay below the memory of the machine.
 *
 * @throws StellaError (usage)
 */
export function refuseHarmfulLimit(limitBytes: number, evidence: SizingEvidence | null): void {
  const kept = evidence?.unreclaimableBytes ?? 0
  if (limitBytes <= kept) {
    throw limitError(
      `${formatBytes(limitBytes)} is not more than the ${formatBytes(kept)} that it holds now and that cannot be reclaimed: without swap it would be killed at once`,
      'name a size above that',
    )
  }
  const host = evidence?.hostBytes ?? null
  if (host !== null && limitBytes >= host) {
    throw limitError(
      `${formatBytes(limitBytes)} is no limit on a machine with ${formatBytes(host)}`,
      'name a size below the memory of the machine',
    )
  }
}

/** @throws StellaError (usage) where it was killed at a limit that was as high */
export function refuseLowerThanKill(limitBytes: number, killedAtBytes: number | null): void {
  if (killedAtBytes === null || limitBytes > killedAtBytes) return
  throw limitError(
    `it was killed at ${formatBytes(killedAtBytes)}, and ${formatBytes(limitBytes)} is not more`,
    'name a size above that',
  )
}

function limitError(what: string, todo: string): StellaError {
  return usageError(what, '--limit', todo)
}
