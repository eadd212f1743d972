import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostCgroup } from './host-cgroup.ts'

const mounts = (root: string, type: string, options = 'rw') =>
  `30 23 0:26 ${root} /sys/fs/cgroup rw - ${type} cgroup ${options}\n`

it('fails without memory groups', async () => {
  expect(await checked(hostCgroup)).toMatchObject({ status: 'fail' })
})

it('tells the version, and passes where all groups are seen', async () => {
  const files = {
    '/proc/self/mountinfo': mounts('/', 'cgroup2'),
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
  }
  expect(await checked(hostCgroup, { files })).toMatchObject({
    status: 'pass',
    says: 'memory groups of cgroup v2 are seen from the top',
    evidence: { version: 2, mountRoot: '/' },
  })
})

it('warns where a container sees its own groups alone', async () => {
  const files = { '/proc/self/mountinfo': mounts('/docker/abc', 'cgroup', 'rw,memory') }
  expect(await checked(hostCgroup, { files })).toMatchObject({
    status: 'warn',
    says: 'only the groups below /docker/abc are seen: limits above it are unknown',
  })
})
