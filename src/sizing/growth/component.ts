import type { Component } from '../../model/growth.ts'
import type { Figure } from './figures.ts'
import { pointsOf } from './stretch.ts'
import { floorOf, lineThrough } from './trend.ts'
import type { View } from './view.ts'

const PARTS: readonly { component: Component; figure: Figure }[] = [
  { component: 'anonymous', figure: 'anonBytes' },
  { component: 'shmem', figure: 'shmemBytes' },
  { component: 'kernel', figure: 'kernelBytes' },
  { component: 'sockets', figure: 'socketBytes' },
  { component: 'file', figure: 'fileBytes' },
  { component: 'swap', figure: 'swapBytes' },
]
/** Of the rise of the whole. */
const LEAST_SHARE = 0.5

/** The part of the memory that most of the rise comes from; null where none has most of it, or they are not known. */
export function growingPart({ judged, trend }: View): Component | null {
  const slopes = PARTS.flatMap(({ component, figure }) => {
    const line = lineThrough(floorOf(pointsOf(judged, figure)), 0)
    return line === null ? [] : [{ component, perSecond: line.slope.perSecond }]
  })
  const largest = slopes.toSorted((a, b) => b.perSecond - a.perSecond)[0]
  return largest !== undefined && largest.perSecond >= LEAST_SHARE * trend.slope.perSecond
    ? largest.component
    : null
}
