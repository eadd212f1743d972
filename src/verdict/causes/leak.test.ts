import { expect, test } from 'vitest'
import { incident, samplesOf } from '../../../test/support/incident.ts'
import { recordedCauses } from '../../../test/support/recorded.ts'
import { leak } from './leak.ts'

const STEADY = samplesOf([10, 20, 30, 40, 50, 60, 70, 80, 90])

test('one life shows growth; that it is a leak needs a second one', () => {
  const once = leak.find(incident({ samples: STEADY, killsInAll: 1 }))
  const again = leak.find(incident({ samples: STEADY, killsInAll: 2 }))
  expect([once?.confidence, again?.confidence]).toEqual(['possible', 'likely'])
  expect(once?.summary).toContain('or a working set still filling')
})

test('the speed is told, by the second and by the hour', () => {
  // 80 MiB in 80 s.
  expect(leak.find(incident({ samples: STEADY }))?.summary).toMatch(
    /for 80 s by 1 MiB a second \(3\.52 GiB an hour\)/,
  )
})

test('a level that holds is no leak', () => {
  const level = samplesOf([50, 51, 50, 51, 50, 51, 50, 51, 50])
  expect(leak.find(incident({ samples: level }))).toBeNull()
})

test('a kill without samples is never called a leak', async () => {
  expect(await recordedCauses('edge-cases/01-own-limit')).not.toContain('leak')
})
