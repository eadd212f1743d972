import { formatBytes } from '../model/bytes.ts'
import type { Growth } from '../model/growth.ts'
import type { HeadroomPolicy, Sizing, SizingEvidence } from '../model/sizing.ts'
import type { History } from './history.ts'
import { DAY_SECONDS } from './policy.ts'
import { spanInWords } from './words.ts'

/** Why there is no size, and what a higher limit would give instead. */
export interface Refusal {
  buys: Sizing['buys']
  says: readonly string[]
}

/** What it would take to live through this long between two restarts. */
const RESTART_SECONDS = 7 * DAY_SECONDS

/** Whether no limit is right, because it would be reached, too. One life that grew steadily is enough. */
export function isLeak({ kind, diagnosis }: Growth): boolean {
  return kind === 'leak' || diagnosis === 'leak' || diagnosis === 'suspected-leak'
}

/** A leak gets no limit: any would be reached. What raising it would buy is told instead. */
export function refuseLeak(
  evidence: SizingEvidence,
  history: History,
  growth: Growth,
  policy: HeadroomPolicy,
): Refusal {
  const says = [
    growth.diagnosis === 'suspected-leak'
      ? 'It grew steadily for one whole life. Any limit would be reached, so none is given; a second life that grows alike would make sure that it is a leak.'
      : 'It keeps growing, so any limit would be reached, and none is given.',
  ]
  const rate = growth.slope?.perSecond ?? 0
  if (rate <= 0) return { buys: null, says: [...says, CURE] }
  const now = Math.max(history.needs.at(-1)?.bytes ?? 0, evidence.unreclaimableBytes ?? 0)
  const limit = evidence.limitBytes
  const most = mostBytes(evidence, policy)
  const doubled = stepped(2 * (limit ?? now), policy)
  const raised = doubled <= most ? doubled : most - (most % policy.stepBytes)
  const week = stepped(now + rate * RESTART_SECONDS, policy)
  const seconds = Math.max(0, raised - (limit ?? now)) / rate
  const grows = `It grows by ${formatBytes(rate * 3_600)} an hour.`
  const buys =
    seconds === 0
      ? `There is no room to raise the limit: ${formatBytes(most)} is the most that it may have.`
      : limit === null
        ? `A limit of ${formatBytes(raised)} would last ${spanInWords(seconds)} from now.`
        : `Raising the limit from ${formatBytes(limit)} to ${formatBytes(raised)} buys ${spanInWords(seconds)}, and ends nothing.`
  const restart =
    week <= most
      ? `To live through a week between two restarts it would take ${formatBytes(week)}.`
      : `A week between two restarts would take ${formatBytes(week)}, more than the ${formatBytes(most)} that it may have.`
  return {
    buys: seconds === 0 ? null : { limitBytes: raised, seconds: Math.round(seconds) },
    says: [...says, grows, buys, restart, CURE],
  }
}

const CURE =
  "What helps is to find what grows ('stella record', a heap dump), and until then to restart it in time."

/** What the machine and the limits above leave to one subject; without either, there is no end. */
function mostBytes({ hostBytes, aboveBytes }: SizingEvidence, policy: HeadroomPolicy): number {
  const host = hostBytes === null ? Number.POSITIVE_INFINITY : hostBytes * policy.mostOfHost
  return Math.floor(Math.min(host, aboveBytes ?? Number.POSITIVE_INFINITY))
}

function stepped(bytes: number, { stepBytes }: HeadroomPolicy): number {
  return Math.ceil(bytes / stepBytes) * stepBytes
}

/** @returns a sentence where kills at ever higher limits look like a leak that nothing else shows; else none */
export function suspicion(rising: boolean, growth: Growth): string[] {
  if (!rising || growth.kind === 'steady') return []
  return [
    'It was killed again after its limit was raised. That looks like a leak, or a load that takes whatever there is: record it before you raise the limit once more.',
  ]
}
