import { expect, it } from 'vitest'
import { sampleBill } from '../../../test/support/sample-bill.ts'
import type { Bill, RuntimeItem, RuntimeView } from '../../model/bill.ts'
import { MIB } from '../../model/bytes.ts'
import { modelOf } from './index.ts'

function item(name: string, mib: number, capMib: number | null = null): RuntimeItem {
  return {
    name,
    bytes: mib * MIB,
    reservedBytes: null,
    capBytes: capMib === null ? null : capMib * MIB,
    cap: capMib === null ? null : 'its flag',
    source: 'test',
  }
}

function bill(
  runtime: string,
  residentMib: number,
  items: readonly RuntimeItem[],
  allMib = residentMib,
): Bill {
  const view: RuntimeView = {
    runtime,
    pid: 1,
    version: null,
    items,
    residentBytes: residentMib * MIB,
    unattributedBytes: null,
    findings: [],
  }
  return { ...sampleBill(), unreclaimableBytes: allMib * MIB, runtimes: [view] }
}

const mib = (found: Bill): number | null => {
  const model = modelOf(found)
  return model === null ? null : Math.round(model.bytes / MIB)
}

it('of a JVM: each part at its maximum, stacks and all that has none half as much again', () => {
  const items = [
    item('heap', 100, 512),
    item('metaspace', 40),
    item('code cache', 10, 240),
    item('threads', 20, 250),
  ]
  // 200 resident: 512 + 240, and the 90 that are neither heap nor code.
  expect(mib(bill('java', 200, items))).toBe(512 + 240 + 135)
  expect(modelOf(bill('java', 200, items))?.says.join()).toMatch(/heap 512 MiB \(its flag\)/)
})

it('of a JVM whose heap has no end that is known: none', () => {
  expect(mib(bill('java', 200, [item('heap', 100), item('code cache', 10, 240)]))).toBeNull()
})

it('of Node: the heap at its limit, buffers half as much again', () => {
  expect(mib(bill('node', 100, [item('V8 heap (JavaScript objects)', 60, 259)]))).toBe(259 + 60)
})

it('of Redis: maxmemory with fragmentation, as much for a snapshot, and buffers', () => {
  const items = [item('dataset', 90, 200), item('an empty server', 10), item('fragmentation', 20)]
  expect(mib(bill('redis', 120, items))).toBe(2 * 240 + 64)
  expect(mib(bill('redis', 120, [item('dataset', 90)]))).toBeNull()
})

it.each(['go', 'postgresql'])('of %s: none, as no setting is an end', (runtime) => {
  expect(mib(bill(runtime, 100, [item('Go heap', 60, 200)]))).toBeNull()
})

it('where much runs beside the runtime: none', () => {
  const items = [item('V8 heap (JavaScript objects)', 60, 259)]
  expect(mib(bill('node', 100, items, 110))).toBe(259 + 60 + 10)
  expect(mib(bill('node', 100, items, 300))).toBeNull()
})
