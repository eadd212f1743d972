import type { Judgement } from '../verdict/engine.ts'

/** The same incident gets the same id from whatever files it was read: it rests on subject, victims and path alone. */
export function caseId(judgement: Judgement): string {
  const { subject, victims, binding, verdict } = judgement
  const identity = [
    subject.platform,
    subject.id ?? subject.name ?? '',
    verdict.code,
    binding.path ?? '',
    ...victims.map(
      ({ pid, totalVmBytes, anonRssBytes }) => `${pid}/${totalVmBytes}/${anonRssBytes}`,
    ),
    ...(victims.length === 0 ? [String(judgement.at)] : []),
  ].join('\n')
  return `c_${fnv1a64(identity).toString(16).padStart(16, '0')}`
}

/** FNV-1a, 64 bit: short, stable, and free of platform calls. */
function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash
}
