/** One run: made from its seed and number alone. */
import { randomFrom } from '../../test/support/random-from.ts'
import { damaged } from './damage.ts'
import { mustBeReadable } from './readable.ts'
import type { Random, Sample, Target } from './target.ts'

/** Of the thread's own time: a busy machine is no fault. */
const MAX_RUN_MS = 2_000
const MAX_OUTSIDE_BYTES = 192 * 1024 * 1024

export function inputOf(samples: readonly Sample[], seed: number, at: number): Sample {
  const random = randomFrom(seed * 1_000_003 + at)
  const any = (): Sample | undefined => samples[random(samples.length)]
  const [sample, other] = [any(), any()]
  return {
    path: sample?.path ?? '',
    bytes: damaged(sample?.bytes ?? Buffer.alloc(0), random, other?.bytes ?? Buffer.alloc(0)),
  }
}

/** What a target chooses for itself is the same for the same run, too. */
function choices(seed: number, at: number): Random {
  return randomFrom(seed * 1_000_003 + at + 500_009)
}

/** Null: all is as it has to be. */
export async function failureOf(
  target: Target,
  { path, bytes }: Sample,
  seed: number,
  at: number,
): Promise<string | null> {
  const before = process.threadCpuUsage()
  const outsideBefore = process.memoryUsage().external
  const tell = (given: Buffer): unknown =>
    target.run({ path, bytes: Buffer.from(given) }, choices(seed, at))
  let told: unknown
  try {
    told = await tell(bytes)
  } catch (error) {
    return thrown(error)
  }
  const { user, system } = process.threadCpuUsage(before)
  const tookMs = (user + system) / 1_000
  if (tookMs > MAX_RUN_MS) return `took ${Math.round(tookMs)} ms of ${bytes.length} bytes`
  const outside = process.memoryUsage().external - outsideBefore
  if (outside > MAX_OUTSIDE_BYTES) return `held ${outside} bytes outside of the heap`
  try {
    if (typeof told === 'string') await mustBeReadable(told, bytes, tell)
    return null
  } catch (error) {
    return thrown(error)
  }
}

function thrown(error: unknown): string {
  const says = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = says.split('\n', 4).map((line) => line.trim().slice(0, 200))
  return `threw ${lines.join(' | ')}`
}

/** Failures of one kind differ in figures, in what is quoted, and in who has called. */
export function kindOf(failure: string): string {
  const [message = '', place = ''] = failure.split(' | ')
  return `${message} ${place}`.replaceAll(/\d+|'[^']*'|"[^"]*"/g, '#')
}
