import { expect, test } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostRights } from './host-rights.ts'

test.each([
  [0, 'pass'],
  [1000, 'warn'],
  [null, 'skip'],
])('user %s: %s', async (userId, status) => {
  expect(await checked(hostRights, {}, { userId })).toMatchObject({ status })
})
