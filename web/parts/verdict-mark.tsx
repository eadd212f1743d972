import type { VerdictCode } from '../../src/model/case.ts'
import { weightOf } from '../words/verdict.ts'
import type { Weight } from '../words/verdict.ts'

/** A shape of its own for each weight, so that it can be told without colour: a cross, a triangle, a tick. */
const SHAPES: Record<Weight, string> = {
  killed: 'M4.2 4.200 11.800 11.800M11.800 4.200 4.200 11.800',
  trouble: 'M8 3.200 13.300 12.600H2.700ZM8 6.800V9.300M8 10.900V11',
  calm: 'M3.500 8.600 6.600 11.600 12.600 4.800',
}

export function VerdictMark({ code }: { code: VerdictCode }) {
  const weight = weightOf(code)
  return (
    <svg class={`mark mark-${weight}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[weight]} />
    </svg>
  )
}
