import { describe, expect, it } from 'vitest'
import {
  containerEvent,
  containerState,
  NOW,
  podContainer,
  seen,
} from '../../test/support/incident.ts'
import type { Observation } from '../model/evidence.ts'
import { investigate } from './investigate.ts'
import { livesTold } from './lives-told.ts'

/** Docker's events of a container that is started again and again, and dies five seconds after each start. */
function crashing(times: number): Observation[] {
  return Array.from({ length: times }, (_, index) => {
    const at = NOW + index * 60_000
    return [
      seen(containerEvent('start'), at, 'docker'),
      seen(containerEvent('die', { exitCode: 1 }), at + 5_000, 'docker'),
    ]
  }).flat()
}

function livesOf(observations: Observation[]) {
  const [found] = investigate({ observations, unknown: [] }, null, { all: false })
  return found?.lives ?? null
}

describe('the lives that a case tells of', () => {
  it('are those of the engine’s events, each with its end', () => {
    const lives = livesOf(crashing(3))
    expect(lives).toMatchObject({ earlier: 0, cpus: null })
    expect(lives?.list).toEqual(
      [0, 1, 2].map((index) => ({
        startedAt: NOW + index * 60_000,
        endedAt: NOW + index * 60_000 + 5_000,
        how: 'exit code 1',
      })),
    )
  })

  it('are none for a container that lived once', () => {
    expect(livesOf(crashing(1))).toBeNull()
  })

  it('are the newest of very many, and the others are counted', () => {
    const lives = livesOf(crashing(300))
    expect(lives?.list).toHaveLength(120)
    expect(lives?.list.at(-1)?.endedAt).toBe(NOW + 299 * 60_000 + 5_000)
    expect(lives?.earlier).toBe(180)
  })

  it('say how many restarts an engine counted of which it told no more', () => {
    const base = { tasksOfApp: [], marathon: null, podContainer: null, container: null }
    const list = [
      { startedAt: NOW, endedAt: NOW + 1_000, how: 'exit code 137' },
      { startedAt: NOW + 9_000, endedAt: null, how: 'lives' },
    ]
    const pod = livesTold({
      ...base,
      lives: list,
      podContainer: podContainer({ restartCount: 12 }),
    })
    expect(pod?.earlier).toBe(11)
    const docker = seen(containerState({ restartCount: 1 }))
    expect(livesTold({ ...base, lives: list, container: docker })?.earlier).toBe(0)
  })
})
