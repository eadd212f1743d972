import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import { ID, incident, kill, oomReport, seen, task } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { siblingUsage } from './sibling-usage.ts'

test.each([...onEveryKernel('ancestor-limit'), 'edge-cases/08-pod-limit-sibling-victim'])(
  'a neighbour that helped to fill the shared limit is named: %s',
  async (fixture) => {
    const { causes, victims, processes } = await recordedCase(fixture)
    const cause = causes.find(({ code }) => code === 'sibling-usage')
    const others = processes.filter(({ pid }) => victims.every((victim) => victim.pid !== pid))
    expect(others.some(({ pid }) => cause?.summary.includes(`(PID ${pid}, `))).toBe(true)
  },
)

test.each([...onEveryKernel('own-limit'), 'edge-cases/09-v1-pod-limit-notifies-innocent'])(
  'nobody else is blamed: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).not.toContain('sibling-usage')
  },
)

function neighbourOf(mib: number, oomMemcg: string) {
  return siblingUsage.find(
    incident({
      reports: [
        seen(
          oomReport({
            oomMemcg,
            memory: { usageBytes: 100 * MIB, limitBytes: 100 * MIB, failcnt: 1 },
            processes: [task(10, 'app', 70), task(20, 'sidecar', mib)],
            kills: [kill(10, 'app', 70)],
          }),
        ),
      ],
    }),
  )
}

test('a fifth of what is charged is enough, less is not', () => {
  expect(neighbourOf(20, '/docker')?.summary).toContain('20 MiB of 100 MiB')
  expect(neighbourOf(19, '/docker')).toBeNull()
})

test('processes of one container are no siblings of it', () => {
  expect(neighbourOf(50, `/docker/${ID}`)).toBeNull()
})

test('of many the biggest is named, wherever it stands in the table', () => {
  const neighbours = [task(20, 'small', 5), task(30, 'big', 40), task(40, 'middle', 10)]
  const report = oomReport({
    oomMemcg: '/docker',
    memory: { usageBytes: 100 * MIB, limitBytes: 100 * MIB, failcnt: 1 },
    processes: [task(10, 'app', 45), ...neighbours],
    kills: [kill(10, 'app', 45)],
  })
  const reports = [seen(report)]
  expect(siblingUsage.find(incident({ reports }))).toMatchObject({
    summary: expect.stringContaining('55 MiB of 100 MiB, most of it big (PID 30, 40 MiB)'),
    because: reports,
  })
})
