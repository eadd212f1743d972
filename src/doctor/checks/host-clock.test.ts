import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostClock } from './host-clock.ts'

const now = Date.UTC(2026, 4, 1)
const told = (word: string) => ({ timedatectl: { stdout: `NTP=yes\nNTPSynchronized=${word}\n` } })

it('goes by what timedatectl tells, where it tells', async () => {
  expect(await checked(hostClock, { now, programs: told('yes') })).toMatchObject({ status: 'pass' })
  expect(await checked(hostClock, { now, programs: told('no') })).toMatchObject({ status: 'warn' })
  expect(await checked(hostClock, { now })).toMatchObject({ status: 'skip' })
})

it('fails where the clock was never set', async () => {
  expect(await checked(hostClock, { now: Date.UTC(1970, 0, 2) })).toMatchObject({
    status: 'fail',
    says: expect.stringMatching(/^the clock says 1970-01-02T/),
  })
})
