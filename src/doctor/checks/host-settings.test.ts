import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostSettings } from './host-settings.ts'

const machine = (settings: Record<string, string>) => ({
  '/proc/meminfo':
    'MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\nCommitLimit: 4000000 kB\nCommitted_AS: 3900000 kB\n',
  '/proc/sys/vm/overcommit_memory': '0',
  ...Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`/proc/sys/vm/${name}`, value]),
  ),
})

it('is content with what a kernel comes with', async () => {
  expect(await checked(hostSettings, { files: machine({ panic_on_oom: '0' }) })).toMatchObject({
    status: 'pass',
    evidence: { 'vm.panic_on_oom': 0 },
  })
  expect(await checked(hostSettings)).toMatchObject({ status: 'skip' })
})

it.each([
  ['panic_on_oom', '1', 'warn', 'the machine panics'],
  ['panic_on_oom', '2', 'fail', 'at the limit of any container, the machine panics'],
  ['oom_kill_allocating_task', '1', 'warn', 'anybody is killed'],
])('%s=%s: %s, and can be mended', async (name, value, status, says) => {
  const found = await checked(hostSettings, { files: machine({ [name]: value }) })
  expect(found).toMatchObject({
    status,
    says: expect.stringContaining(says),
    todo: `sysctl -w vm.${name}=0`,
    problems: [{ mend: { target: { kind: 'host' }, change: { set: { [`vm.${name}`]: '0' } } } }],
  })
})

it('leaves to a person how much may be promised, and how much stays free', async () => {
  const strict = machine({ overcommit_memory: '2' })
  expect(await checked(hostSettings, { files: strict })).toMatchObject({
    status: 'fail',
    todo: 'stella audit --explain O06',
  })
  const free = await checked(hostSettings, { files: machine({ min_free_kbytes: '900000' }) })
  expect(free).toMatchObject({ status: 'warn' })
  expect(free.problems[0]?.mend).toBeUndefined()
})
