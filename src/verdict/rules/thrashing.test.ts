import { expect, test } from 'vitest'
import { cgroupState, incident, processState, seen } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import { thrashing } from './thrashing.ts'

/** As a kernel of 6.18 shows it of a process that writes faster than its disk. */
const WAITS_FOR_DISK = [
  'folio_wait_bit',
  'folio_wait_writeback',
  'shrink_folio_list',
  'try_to_free_mem_cgroup_pages',
  'try_charge_memcg',
]

function ask(stack: readonly string[], usageMib = 64) {
  const group = cgroupState({
    version: 1,
    limitBytes: 64 * MIB,
    usageBytes: usageMib * MIB,
    failcnt: 39_286,
  })
  return thrashing.ask(
    incident({
      reports: [],
      alive: true,
      groups: { own: seen(group), ancestors: [], nested: [] },
      processes: [seen(processState({ state: 'D', stack }))],
    }),
  )
}

test('a process that waits in reclaim for pages on their way to the disk is held back', () => {
  expect(ask(WAITS_FOR_DISK)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: expect.stringContaining('waits in the kernel until file pages are on the disk'),
  })
})

test.each([
  ['waits for the disk, and not for its limit', ['folio_wait_writeback', 'ext4_sync_file'], 64],
  ['reclaims, and waits for nobody', ['try_to_free_mem_cgroup_pages'], 64],
  ['is below its limit by now', WAITS_FOR_DISK, 32],
])('one that %s is not', (_what, stack, usageMib) => {
  expect(ask(stack, usageMib)).toEqual({ answer: 'not-shown' })
})
