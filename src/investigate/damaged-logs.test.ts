import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  cgroupState,
  containerEvent,
  containerState,
  ID,
  oomReport,
  kill,
  PATH,
  seen,
  task,
} from '../../test/support/incident.ts'
import { MIB } from '../model/bytes.ts'
import type { Case } from '../model/case.ts'
import type { Observation } from '../model/evidence.ts'
import { kernelLog } from '../parsers/kernel-log/index.ts'
import { kubeletLog } from '../parsers/kubernetes/kubelet-log.ts'
import { readWhole } from '../parsers/read-whole.ts'
import { investigate } from './investigate.ts'

/** When the recorded kill happened; its log is one of a bare group, here it is given a container's path. */
const KILLED_AT = Date.UTC(2026, 10, 21, 8, 36, 20)
const HOUR = 3_600_000

function recorded(name: string): string {
  const url = new URL(`../../fixtures/kernel-log/${name}`, import.meta.url)
  return readFileSync(url, 'utf8').replaceAll('/sk-kernel-log', PATH)
}

function read(text: string, from = 'kernel.log'): Observation[] {
  const reader = kernelLog.open({ from, readAt: null, source: null })
  reader.push(new TextEncoder().encode(text))
  return reader.finish()
}

/** What Docker tells of the same end. */
function engine(killedAt = KILLED_AT): Observation[] {
  return [
    seen(containerEvent('start'), killedAt - HOUR),
    seen(containerEvent('oom'), killedAt + 300),
    seen(containerEvent('die', { exitCode: 137 }), killedAt + 400),
    seen(
      containerState({ startedAt: killedAt - HOUR, finishedAt: killedAt + 350 }),
      killedAt + 60_000,
    ),
  ]
}

function casesOf(observations: readonly Observation[], all = true): readonly Case[] {
  return investigate({ observations, unknown: [] }, null, { all })
}

describe.each(['own-limit.dmesg-T.txt', 'own-limit.dmesg-iso-x.txt', 'own-limit.dmesg.txt'])(
  '%s, cut anywhere, beside what Docker tells',
  (name) => {
    const log = recorded(name)
    // Within its first line nothing of the report can be read yet.
    const places = Array.from(
      { length: Math.floor(log.length / 61) },
      (_, n) => (n + 1) * 61,
    ).filter((place) => place > log.indexOf('\n'))

    it.each(['its end', 'its beginning'])('never gives a wrong verdict without %s', (lost) => {
      const wrong = places.flatMap((place) => {
        const left = lost === 'its end' ? log.slice(0, place) : log.slice(place)
        const found = casesOf([...read(left), ...engine()], false)
        const codes = found.map(({ verdict }) => verdict.code)
        return codes.every((code) => code === 'oom-own-limit') && codes.length === 1
          ? []
          : [{ place, codes }]
      })
      expect(wrong).toEqual([])
    })

    it('is still one case beside the whole log', () => {
      const whole = read(recorded('own-limit.dmesg.json'), 'kernel.json')
      const counts = places.map(
        (place) => casesOf([...read(log.slice(0, place)), ...whole, ...engine()]).length,
      )
      expect(new Set(counts)).toEqual(new Set([1]))
    })
  },
)

it('says of a log that breaks off before the victim whose limit was reached', () => {
  const log = recorded('own-limit.dmesg.txt')
  const [found] = casesOf(read(log.slice(0, log.indexOf('oom-kill:'))))
  expect(found?.verdict).toMatchObject({ code: 'oom-own-limit', confidence: 'likely' })
  expect(found?.binding.limitBytes).toBe(33_554_432)
})

it('does not take a cut report for silence where the engine told of a child then', () => {
  const cut = read(recorded('own-limit.dmesg-T.txt').slice(0, 700))
  const [found] = casesOf([
    ...cut,
    seen(containerEvent('start'), KILLED_AT - HOUR),
    seen(containerEvent('oom'), KILLED_AT + 300),
    seen(containerEvent('die', { exitCode: 1 }), KILLED_AT + 10_400),
  ])
  expect(found?.verdict).toMatchObject({ code: 'oom-own-limit', mainProcessDied: false })
})

it.each([-5, 2, 5.75])('finds the life of a kill logged in local time, %d hours off', (hours) => {
  const lives = [KILLED_AT - 2 * HOUR, KILLED_AT - HOUR - 400_000, KILLED_AT]
  const observations = lives.flatMap((at, n) => {
    const report = oomReport({
      kills: [kill(100 + n, 'app', 90)],
      processes: [task(90 + n, 'sh', 1), task(100 + n, 'app', 90)],
    })
    return [
      seen(containerEvent('start'), at - 60_000),
      seen(containerEvent('oom'), at + 300),
      seen(containerEvent('die', { exitCode: 137 }), at + 400),
      seen(report, at + hours * HOUR),
    ]
  })
  const found = casesOf(observations)
  expect(found.map(({ at }) => at)).toEqual(lives)
  expect(found.map(({ verdict }) => verdict.code)).toEqual(lives.map(() => 'oom-own-limit'))
})

it('leaves a log of another time where it is', () => {
  const old = seen(oomReport(), KILLED_AT - 3 * HOUR - 400_000)
  const found = casesOf([old, seen(containerEvent('die', { exitCode: 137 }), KILLED_AT)])
  expect(found[0]?.at).toBe(old.at)
})

it('calls an innocent victim a child where the main process falls right after it', () => {
  const first = oomReport({
    kills: [kill(31, 'cron', 4)],
    processes: [task(20, 'app', 60), task(31, 'cron', 4)],
  })
  const second = oomReport({ kills: [kill(20, 'app', 64)], processes: [task(20, 'app', 64)] })
  const found = casesOf([
    seen(first, KILLED_AT + 10),
    seen(second, KILLED_AT + 70),
    seen(containerEvent('die', { exitCode: 137 }), KILLED_AT + 200),
  ])
  expect(found.map(({ verdict }) => verdict.mainProcessDied)).toEqual([false, true])
})

it('knows without a kernel log that a full group above was the reason', () => {
  const pod = '/kubepods/burstable/pod1a2b3c4d-0000-4111-8222-333344445555'
  const observations = engine().map((one) =>
    one.fact.kind === 'container-state'
      ? { ...one, fact: { ...one.fact, cgroupParent: pod } }
      : one,
  )
  const full = cgroupState({
    path: pod,
    version: 1,
    limitBytes: 120 * MIB,
    peakBytes: 120 * MIB,
    failcnt: 31,
  })
  const [found, ...others] = casesOf([...observations, seen(full)])
  expect(others).toEqual([])
  expect(found?.verdict.code).toBe('oom-ancestor-limit')
  expect(found?.binding).toMatchObject({ scope: 'ancestor', path: pod, limitBytes: 120 * MIB })
})

describe('a kubelet that clears up', () => {
  it.each([
    { says: 'after the end', time: '08:36:21.173641', code: 'oom-own-limit' },
    { says: 'before it, in another zone', time: '03:36:19.173641', code: 'killed-not-memory' },
  ])('is believed to have asked for the end only where it wrote so before: $says', (told) => {
    const line = `I1121 ${told.time}   15167 kuberuntime_container.go:636] Killing container "docker://${ID}" with a 2 second grace period\n`
    const asked = readWhole(kubeletLog, line, {
      from: 'kubelet.log',
      readAt: null,
      source: null,
    })
    expect(asked).toHaveLength(1)
    const ended = engine().filter(
      ({ fact }) =>
        told.code === 'oom-own-limit' || fact.kind !== 'container-event' || fact.action !== 'oom',
    )
    const [found] = casesOf([...asked, ...ended], false)
    expect(found?.verdict.code).toBe(told.code)
  })
})
