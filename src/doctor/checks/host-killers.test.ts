import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostKillers } from './host-killers.ts'

const files = { '/proc/77/comm': 'systemd-oomd\n', '/proc/1/comm': 'systemd\n' }
const journal = { '/var/log/journal/abc/system.journal': '' }

it('passes where the kernel alone kills', async () => {
  const none = { files: { '/proc/1/comm': 'systemd\n' } }
  expect(await checked(hostKillers, none)).toMatchObject({ status: 'pass' })
})

it('passes where the journal tells whom it killed', async () => {
  const programs = { journalctl: { exitCode: 1 } }
  expect(await checked(hostKillers, { files: { ...files, ...journal }, programs })).toMatchObject({
    status: 'pass',
    says: 'systemd-oomd runs, and whom it kills stands in the journal',
    evidence: { killers: [{ name: 'systemd-oomd', pid: 77 }], journal: 'read' },
  })
})

it('warns where there is none, and where it is closed', async () => {
  expect(await checked(hostKillers, { files })).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('systemd-journald'),
  })
  const stderr = 'No journal files were opened due to insufficient permissions.'
  const programs = { journalctl: { exitCode: 1, stderr } }
  expect(await checked(hostKillers, { files: { ...files, ...journal }, programs })).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('group systemd-journal'),
  })
})
