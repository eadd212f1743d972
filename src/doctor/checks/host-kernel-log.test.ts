import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostKernelLog } from './host-kernel-log.ts'

const SYSLOG = 'Nov 22 03:36:28 web1 kernel: [    1.500000] Linux version 6.1.0\n'

it('passes where the ring buffer can be read', async () => {
  const files = { '/dev/kmsg': '6,0,1500000,-;Linux version 6.1.0\n' }
  expect(await checked(hostKernelLog, { files })).toMatchObject({
    status: 'pass',
    evidence: { sources: 'kmsg' },
  })
})

it('warns where only a log file tells of kills', async () => {
  const files = { '/var/log/kern.log': SYSLOG }
  expect(await checked(hostKernelLog, { files })).toMatchObject({
    status: 'warn',
    says: expect.stringMatching(/^only the syslog tells of kills/),
    todo: expect.stringContaining('CAP_SYSLOG'),
  })
})

it('fails where nothing does, and says why', async () => {
  expect(await checked(hostKernelLog)).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('/dev/kmsg is not the kernel log or not there'),
    todo: expect.stringContaining('--device /dev/kmsg'),
  })
})
