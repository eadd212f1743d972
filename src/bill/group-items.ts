import type { BillItem } from '../model/bill.ts'
import type { GroupFigures } from './figures.ts'
import type { ProcessTotals } from './items.ts'
import { itemsOfV1 } from './items-v1.ts'
import { itemsOfV2 } from './items-v2.ts'

/** The items of a group's charge, those that are 0 left out. Their sum falls short of the charge by what nothing names. */
export function itemsOfGroup(figures: GroupFigures, totals: ProcessTotals): BillItem[] {
  const items = figures.version === 1 ? itemsOfV1(figures, totals) : itemsOfV2(figures, totals)
  return items.filter(({ bytes }) => bytes > 0)
}

/** What the kernel cannot give back without swap: neither clean page cache nor reclaimable slab. */
export function unreclaimableBytes(items: readonly BillItem[]): number {
  return items.reduce((sum, item) => sum + keptBytes(item), 0)
}

/** Pages that must be written first, or are locked, stay although the cache as a whole goes. */
const KEPT_PARTS = ['dirty', 'in writeback', 'locked']

function keptBytes(item: BillItem): number {
  if (item.reclaimable !== 'yes') return item.bytes
  const kept = item.parts.filter(({ name }) => KEPT_PARTS.includes(name))
  return Math.min(
    item.bytes,
    kept.reduce((sum, { bytes }) => sum + bytes, 0),
  )
}
