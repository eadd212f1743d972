import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { hostReader } from '../reader.ts'
import { readAllProcesses } from './machine.ts'

function files(pid: number, name: string, vm: string): Record<string, string> {
  return {
    [`proc/${pid}/stat`]: `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n`,
    [`proc/${pid}/status`]: `Name:\t${name}\nState:\tS (sleeping)\nPid:\t${pid}\n${vm}`,
    [`proc/${pid}/oom_score_adj`]: '250\n',
    [`proc/${pid}/cgroup`]: '0::/app\n',
  }
}

it('reads every process, those without memory of their own too, and not what is no process', () => {
  using reader = fakeReader({
    files: {
      ...files(2, 'kthreadd', ''),
      ...files(7, 'app', 'VmRSS:\t    1024 kB\n'),
      ...files(9, 'stella', 'VmRSS:\t    2048 kB\n'),
      'proc/sys/vm/swappiness': '60\n',
      'proc/8/nothing': '',
    },
  })
  const { observations, unknown } = readAllProcesses(reader, [9])
  const facts = observations.map(({ fact }) => fact)
  expect(unknown).toEqual([])
  expect(facts).toEqual([
    expect.objectContaining({ pid: 2, name: 'kthreadd', rssBytes: null, state: 'S' }),
    expect.objectContaining({
      pid: 7,
      rssBytes: 1_048_576,
      oomScoreAdj: 250,
      cgroupPaths: ['/app'],
      parentPid: 1,
    }),
  ])
})

it('says so where /proc cannot be read', () => {
  using reader = fakeReader()
  expect(readAllProcesses(reader).unknown).toEqual(['/proc could not be read: ENOENT'])
})

it('finds itself and its parent on this machine', () => {
  const pids = readAllProcesses(hostReader()).observations.map(({ fact }) =>
    fact.kind === 'process-state' ? fact.pid : null,
  )
  expect(pids).toContain(process.pid)
  expect(pids).toContain(process.ppid)
})
