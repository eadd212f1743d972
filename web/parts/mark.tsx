import type { MarkShape } from '../words/mark-shape.ts'

/** How something stands, with a shape of its own, so that it can be told without colour. */
const SHAPES = {
  killed: 'M4.2 4.200 11.800 11.800M11.800 4.200 4.200 11.800',
  trouble: 'M8 3.200 13.300 12.600H2.700ZM8 6.800V9.300M8 10.900V11',
  calm: 'M3.500 8.600 6.600 11.600 12.600 4.800',
  going: 'M5.500 3.800 12 8 5.500 12.200Z',
  waiting: 'M8 4.200V8L10.600 9.600M8 1.800A6.200 6.200 0 1 0 8 14.200 6.200 6.200 0 1 0 8 1.800',
  dropped: 'M3.800 8H12.200',
  open: 'M8 3.200A4.800 4.800 0 1 0 8 12.800 4.800 4.800 0 1 0 8 3.200',
  back: 'M6.500 3.500 3.500 6.500 6.500 9.500M3.500 6.500H9.500A3 3 0 0 1 9.500 12.500H6.500',
} as const satisfies Record<MarkShape, string>

/** What it says stands in words beside it. */
export function Mark({ shape }: { shape: MarkShape }) {
  return (
    <svg class={`mark mark-${shape}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[shape]} />
    </svg>
  )
}
