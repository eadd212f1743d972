import type { Bill } from '../model/bill.ts'

/** The JSON document of a bill, `stella.bill/1`: names of the outside contract, times in RFC 3339 UTC, null for what is not known. */
export function billDocument(bill: Bill) {
  const { at, ...rest } = bill
  const time = at !== null && Math.abs(at) <= LAST_INSTANT ? new Date(at).toISOString() : null
  return {
    /** What `stella bill --json` prints: where the memory is, item by item. With `--watch` each bill is one line. */
    schema: 'stella.bill/1' as const,
    at: time,
    ...rest,
  }
}

/** Milliseconds at which JavaScript's dates end (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15
