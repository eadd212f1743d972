import { expect, it } from 'vitest'
import { containerEvent, incident, NOW, oomReport, seen } from '../../test/support/incident.ts'
import { timelineOf } from './timeline.ts'

const oom = seen(containerEvent('oom'), NOW + 20, 'docker')
const die = seen(containerEvent('die'), NOW + 900, 'docker')
const report = seen(oomReport())

it('tells everything that has a time once, the oldest first', () => {
  const undated = seen(containerEvent('start'), null, 'docker')
  const timeline = timelineOf(
    incident({ events: [die, undated, oom], reports: [report], earlierKills: [report] }),
  )
  expect(timeline.map(({ at, observation }) => [at, observation])).toEqual([
    [NOW, report],
    [NOW + 20, oom],
    [NOW + 900, die],
  ])
})

it('has an end, whatever a storm brings', () => {
  const storm = Array.from({ length: 500 }, (_, index) => seen(oomReport(), NOW - index))
  const timeline = timelineOf(incident({ reports: [], earlierKills: storm }))
  expect(timeline).toHaveLength(40)
  expect(timeline[0]?.at).toBe(NOW - 499)
})
