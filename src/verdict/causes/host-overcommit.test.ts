import { expect, test } from 'vitest'
import { incident, kill, oomReport, seen, task } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { hostOvercommit } from './host-overcommit.ts'

test.each([...onEveryKernel('host'), 'edge-cases/12-host-oom-with-own-limit'])(
  'a machine that ran out is told with its biggest process: %s',
  async (fixture) => {
    const { causes, processes } = await recordedCase(fixture)
    const biggest = processes.reduce((most, next) =>
      (next.rssBytes ?? 0) > (most.rssBytes ?? 0) ? next : most,
    )
    expect(causes[0]?.code).toBe('host-overcommit')
    expect(causes[0]?.summary).toContain(`${biggest.name} (PID ${biggest.pid})`)
  },
)

test('who was spared by its oom_score_adj is told, for another died in its place', async () => {
  const { causes, victims } = await recordedCase(
    'edge-cases/14-unkillable-leaker',
    'docker:frontend',
  )
  expect(causes[0]?.summary).toMatch(/spared by its oom_score_adj of -1000/)
  expect(causes[0]?.summary).not.toContain(`PID ${victims[0]?.pid})`)
})

test.each([
  ...onEveryKernel('own-limit'),
  ...onEveryKernel('ancestor-limit'),
  ...onEveryKernel('sysrq'),
])('a limit or a hand says nothing about the machine: %s', async (fixture) => {
  expect(await recordedCauses(fixture)).not.toContain('host-overcommit')
})

test('a bigger one that was merely not chosen is not called spared', () => {
  const report = (adj: number) =>
    oomReport({
      constraint: 'none',
      globalOom: true,
      oomMemcg: null,
      processes: [task(1, 'small', 10), { ...task(2, 'big', 90), oomScoreAdj: adj }],
      kills: [kill(1, 'small', 10)],
    })
  const summary = (adj: number): string | undefined =>
    hostOvercommit.find(incident({ reports: [seen(report(adj))] }))?.summary
  expect(summary(0)).toMatch(/big \(PID 2\).*not the one that was killed/)
  expect(summary(-1)).toMatch(/spared by its oom_score_adj of -1,/)
})

test('of one that was killed nothing else is said', () => {
  const killed = oomReport({
    constraint: 'none',
    processes: [task(1, 'small', 10), task(2, 'big', 90)],
    kills: [kill(1, 'small', 10), kill(2, 'big', 90)],
  })
  const found = hostOvercommit.find(incident({ reports: [seen(killed)] }))
  expect(found?.summary).toMatch(/big \(PID 2\) with 90 MiB\.$/)
})

test('without a task table nobody is named', () => {
  const report = oomReport({ constraint: 'none', processes: [] })
  expect(hostOvercommit.find(incident({ reports: [seen(report)] }))?.summary).toContain(
    'no task table',
  )
})
