import { expect, test } from 'vitest'
import { incident, samplesOf } from '../../../test/support/incident.ts'
import { burst } from './burst.ts'
import { leak } from './leak.ts'

test('far from the limit in the last sample and killed before the next', () => {
  const sudden = incident({ samples: samplesOf([20, 20, 20, 21, 20, 20, 21, 20, 20, 20]) })
  expect(burst.find(sudden)).toMatchObject({
    confidence: 'likely',
    summary: expect.stringMatching(/10\.0 s earlier, shows 20 MiB of 100 MiB/),
  })
  expect(leak.find(sudden)).toBeNull()
})

test('slow growth to the limit is no burst', () => {
  const slow = incident({ samples: samplesOf([10, 20, 30, 40, 50, 60, 70, 80, 90]) })
  expect(burst.find(slow)).toBeNull()
})

test('without samples nothing is said of the course', () => {
  expect(burst.find(incident())).toBeNull()
})
