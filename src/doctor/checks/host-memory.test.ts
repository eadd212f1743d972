import { expect, it, test } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostMemory } from './host-memory.ts'

const pressure = (some: string) =>
  `some avg10=${some} avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`
const files = (availableKib: number, some = '0.00') => ({
  '/proc/meminfo': `MemTotal: 1000 kB\nMemFree: 0 kB\nMemAvailable: ${availableKib} kB\n`,
  '/proc/pressure/memory': pressure(some),
})

test.each([
  [100, 'pass'],
  [99, 'warn'],
  [50, 'warn'],
  [49, 'fail'],
])('%d of 1000 KiB available: %s', async (available, status) => {
  expect(await checked(hostMemory, { files: files(available) })).toMatchObject({ status })
})

it('warns of tasks that wait, and of a kernel that does not tell', async () => {
  expect(await checked(hostMemory, { files: files(500, '9.99') })).toMatchObject({ status: 'pass' })
  expect(await checked(hostMemory, { files: files(500, '10.00') })).toMatchObject({
    status: 'warn',
    says: 'tasks waited for memory 10 % of the last ten seconds',
  })
  const { '/proc/meminfo': meminfo } = files(500)
  expect(await checked(hostMemory, { files: { '/proc/meminfo': meminfo } })).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('psi=1'),
  })
  expect(await checked(hostMemory)).toMatchObject({ status: 'skip' })
})
