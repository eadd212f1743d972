import { expect, it } from 'vitest'
import {
  incident,
  oomReport,
  podContainer,
  podContainerState,
  podState,
  seen,
} from '../../test/support/incident.ts'
import { loopInWords } from './loop.ts'

const ENDED = Date.UTC(2026, 10, 22, 19, 25, 47)
const WAITING = {
  phase: 'waiting',
  reason: 'CrashLoopBackOff',
  exitCode: null,
  finishedAt: null,
} as const

function said(message: string | null, finishedAt: number | null = ENDED): string {
  return loopInWords(
    incident({
      reports: [seen(oomReport())],
      podContainer: podContainer({
        restartCount: 3,
        state: podContainerState({ ...WAITING, message }),
        lastState: podContainerState({ finishedAt }),
      }),
      pod: seen(podState()),
    }),
  )
}

it.each([
  ['40s', 'now 40 s, so the next start is not before 2026-11-22 19:26:27 UTC'],
  ['1m20s', 'now 80 s, so the next start is not before 2026-11-22 19:27:07 UTC'],
  ['5m0s', 'now 300 s, so the next start is not before 2026-11-22 19:30:47 UTC'],
])('a wait of %s is told with the time of the next start', (wait, says) => {
  expect(said(`back-off ${wait} restarting failed container=app pod=web_shop(1)`)).toBe(
    ` The kubelet has started it again 3 times, and waits longer before each start (10 s, twice as long each time, five minutes at most; from 10 s on again once it has run for ten minutes); ${says}.`,
  )
})

it('what is not told is left out', () => {
  for (const message of [
    null,
    'back-off restarting failed container',
    'back-off soon restarting failed',
  ])
    expect(said(message)).toMatch(/ten minutes\)\.$/)
  expect(said('back-off 10s restarting failed container=app', null)).toMatch(/; now 10 s\.$/)
})

it('a container that runs again does not wait', () => {
  const running = podContainer({
    restartCount: 1,
    state: { ...podContainerState(WAITING), phase: 'running', reason: null },
  })
  const says = loopInWords(incident({ reports: [seen(oomReport())], podContainer: running }))
  expect(says).toBe(' The kubelet has started it again once.')
})
