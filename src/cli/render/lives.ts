import type { Case, CaseLives } from '../../model/case.ts'
import { counted } from '../../model/counted.ts'
import { largestOf } from '../../model/extremes.ts'
import { binInWords, lifetimesOf, livesInWords, livingOverTime } from '../../report/lives.ts'
import { localTime } from '../../report/time.ts'
import { curve } from './curve.ts'
import { wrapHanging } from './wrap.ts'

const BAR_CHARACTERS = 24
/** As many as a curve has characters: each is drawn by what there was at most in its time. */
const CURVE_SLOTS = 32

/** How long its lives were, as bars, and when something ran, as a curve. Nothing where too few are known. */
export function livesLines({ lives }: Pick<Case, 'lives'>, width: number): string[] {
  if (lives === null) return []
  const lifetimes = lifetimesOf(lives)
  if (lifetimes === null) return []
  const { bins } = lifetimes
  const most = Math.max(...bins.map(({ count }) => count))
  const label = Math.max(...bins.map((bin) => binInWords(bin).length))
  const rows = bins.map((bin) => {
    const bar = '█'.repeat(Math.ceil((bin.count / most) * BAR_CHARACTERS))
    return `  ${binInWords(bin).padStart(label)}  ${bar}${bar === '' ? '' : ' '}${bin.count}`
  })
  return [...wrapHanging('  ', livesInWords(lives), width), ...rows, ...curveLines(lives, width)]
}

function curveLines(lives: CaseLives, width: number): string[] {
  const steps = livingOverTime(lives)
  const [first] = steps
  const last = steps.at(-1)
  if (first === undefined || last === undefined || last.at === first.at) return []
  const slot = (last.at - first.at) / CURVE_SLOTS
  const most = largestOf(steps.map(({ living }) => living))
  const shares = Array.from({ length: CURVE_SLOTS }, (_, index) => {
    const [from, until] = [first.at + index * slot, first.at + (index + 1) * slot]
    const before = steps.findLast(({ at }) => at <= from)?.living ?? 0
    const inside = steps.filter(({ at }) => at > from && at < until).map(({ living }) => living)
    return Math.max(before, largestOf(inside)) / most
  })
  const { cpus } = lives
  const what =
    cpus === null
      ? `0 to ${counted(most, 'life', 'lives')}`
      : `CPU allocation, 0 to ${Number((cpus * most).toFixed(3))} CPU`
  const span = `${localTime(first.at)} to ${localTime(last.at)}`
  return wrapHanging(`  ${curve(shares)}  `, `${what}, ${span}`, width)
}
