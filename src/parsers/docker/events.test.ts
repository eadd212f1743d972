import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import type { TextFormat } from '../format.ts'
import { eventsJsonFormat } from './events-json.ts'
import { eventsTextFormat } from './events-text.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8')
const ORIGIN = { from: 'events', readAt: null, source: null }

function events(format: TextFormat, text: string): (Observation & { fact: ContainerEvent })[] {
  expect(format.recognise(text.slice(0, 65_536), 'events')).toBe(true)
  return format
    .parse(text, ORIGIN)
    .flatMap((seen) => (seen.fact.kind === 'container-event' ? [{ ...seen, fact: seen.fact }] : []))
}

const DOCKER_JSON = events(eventsJsonFormat, fixture('docker/events.jsonl'))
const DOCKER_TEXT = events(eventsTextFormat, fixture('docker/events.txt'))
const PODMAN_JSON = events(eventsJsonFormat, fixture('podman/events.jsonl'))
const PODMAN_TEXT = events(eventsTextFormat, fixture('podman/events.txt'))

describe('docker events', () => {
  test('say the same as text and as JSON', () => {
    expect(DOCKER_TEXT.map((seen) => seen.fact)).toEqual(DOCKER_JSON.map((seen) => seen.fact))
    expect(DOCKER_TEXT.map((seen) => Math.round(seen.at ?? 0))).toEqual(
      DOCKER_JSON.map((seen) => Math.round(seen.at ?? 0)),
    )
  })

  test('tell the life of a container that was killed and restarted', () => {
    const actions = DOCKER_TEXT.filter(({ fact }) => fact.name === 'rec-oom').map(
      ({ fact }) => fact.action,
    )
    const life = ['start', 'oom', 'die']
    expect(actions).toEqual(['create', ...life, ...life, ...life])
  })

  test('have the exit code of die, the signal of kill, and the exec that died', () => {
    const kill = DOCKER_TEXT.find(({ fact }) => fact.action === 'kill' && fact.name === 'rec-kill')
    expect(kill?.fact).toMatchObject({ signal: 9, exitCode: null, image: 'rec/hog:1' })
    const die = DOCKER_TEXT.find(({ fact }) => fact.action === 'die' && fact.name === 'rec-exit0')
    expect(die?.fact.exitCode).toBe(0)
    const ofExec = DOCKER_TEXT.filter(
      ({ fact }) => fact.name === 'rec-exec' && fact.execId !== null,
    )
    expect(ofExec.map(({ fact }) => [fact.action, fact.exitCode])).toEqual([
      ['exec_create', null],
      ['exec_start', null],
      ['exec_die', 137],
    ])
    expect(new Set(ofExec.map(({ fact }) => fact.execId)).size).toBe(1)
  })

  test('are about containers only', () => {
    expect(fixture('docker/events.txt')).toContain(' network connect ')
    expect(DOCKER_TEXT.some(({ fact }) => /connect/.test(fact.action))).toBe(false)
  })

  test('keep what a health check said', () => {
    expect(DOCKER_TEXT.map(({ fact }) => fact.action)).toContain('health_status: healthy')
  })

  test('do not mistake the command of an exec for an event', () => {
    const id = 'a'.repeat(64)
    const line = `2026-11-21T07:42:47.332253976Z container exec_create: echo container die ${'b'.repeat(64)} (exitCode=0) ${id} (execID=x, image=i, name=n)`
    expect(events(eventsTextFormat, line).map(({ fact }) => fact)).toMatchObject([
      { action: 'exec_create', id, name: 'n', exitCode: null },
    ])
  })

  test('do not believe a label that contradicts the engine', () => {
    const line = `2026-11-21T07:42:47Z container die ${'a'.repeat(64)} (exitCode=137, image=i, note=x, exitCode=0, name=n)`
    expect(events(eventsTextFormat, line)[0]?.fact.exitCode).toBeNull()
  })
})

test('a death is not lost among the execs of a health check', () => {
  const at = (second: number): string => new Date(1_795_247_000_000 + second * 1000).toISOString()
  const id = 'a'.repeat(64)
  const die = `${at(0)} container oom ${id} (image=i, name=web)`
  const execs = Array.from(
    { length: 12_000 },
    (_, second) =>
      `${at(second)} container exec_die ${id} (execID=x, exitCode=0, image=i, name=web)`,
  )
  const text = [die, ...execs].join('\n')
  const found = events(eventsTextFormat, text)
  expect(found[0]?.fact.action).toBe('oom')
  expect(found.length).toBeLessThan(5_000)
  expect(found.at(-1)?.from).toBe('events:12001')
  expect(eventsTextFormat.unread?.(text, 'file')).toHaveLength(1)
  expect(eventsTextFormat.unread?.(die, 'file')).toEqual([])
})

describe('podman events', () => {
  test('are told in the words of docker', () => {
    const died = PODMAN_JSON.find(({ fact }) => fact.action === 'die' && fact.name === 'rec-oom')
    expect(died?.fact).toMatchObject({
      engine: 'podman',
      exitCode: 137,
      image: 'localhost/rec/hog:1',
    })
    expect(died?.source).toBe('podman')
    const exec = PODMAN_JSON.find(({ fact }) => fact.action === 'exec_die')
    expect(exec?.fact.exitCode).toBe(137)
  })

  test('leave the exit code open where podman leaves it out', () => {
    const die = PODMAN_JSON.find(({ fact }) => fact.action === 'die' && fact.name === 'rec-exit0')
    expect(die?.fact.exitCode).toBeNull()
    expect(PODMAN_TEXT.every(({ fact }) => fact.exitCode === null)).toBe(true)
  })

  test('as text name the same events in the same order as JSON', () => {
    const brief = ({ fact }: { fact: ContainerEvent }): string =>
      `${fact.action} ${fact.id} ${fact.name}`
    expect(PODMAN_TEXT.map(brief)).toEqual(PODMAN_JSON.map(brief))
    expect(PODMAN_TEXT[0]?.at).toBeCloseTo(PODMAN_JSON[0]?.at ?? 0, 2)
  })
})
