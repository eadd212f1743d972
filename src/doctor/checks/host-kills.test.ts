import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostKills } from './host-kills.ts'

const KILL = [
  '4,1,100000000,-;python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
  '6,2,100000001,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=web,mems_allowed=0,oom_memcg=/docker/web,task_memcg=/docker/web,task=python3,pid=4321,uid=0',
  '3,3,100000002,-;Memory cgroup out of memory: Killed process 4321 (python3) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:10kB oom_score_adj:0',
  '',
].join('\n')
const BOOT = '6,0,1500000,-;Linux version 6.1.0\n'
const DAY_S = 86_400

it('passes where the log of a day tells of none', async () => {
  const files = { '/dev/kmsg': BOOT, '/proc/vmstat': 'oom_kill 0\n' }
  expect(await checked(hostKills, { files })).toMatchObject({
    status: 'pass',
    evidence: { killsWithinADay: 0, oomKillsSinceBoot: 0 },
  })
})

it('names the last one, until a day has passed', async () => {
  const files = { '/dev/kmsg': BOOT + KILL }
  expect(await checked(hostKills, { files })).toMatchObject({
    status: 'warn',
    says: expect.stringMatching(
      /^1 process was killed .* the last one python3 in \/docker\/web at /,
    ),
    todo: 'stella why host --all --since 1d',
    evidence: { newest: [{ name: 'python3', by: 'kernel', group: '/docker/web' }] },
  })
  const later = { files, monotonicSeconds: 101 + DAY_S }
  expect(await checked(hostKills, later)).toMatchObject({ status: 'pass' })
})

it('tells of a counter that nobody can explain, and skips where there is not even one', async () => {
  const files = { '/proc/vmstat': 'oom_kill 3\n' }
  expect(await checked(hostKills, { files })).toMatchObject({
    status: 'warn',
    says: expect.stringMatching(/^3 processes were killed .* no log that can be read tells which/),
    evidence: { killsWithinADay: null },
  })
  expect(await checked(hostKills)).toMatchObject({ status: 'skip' })
})
