import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ContainerState } from '../../model/facts.ts'
import { inspectFormat } from './inspect.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8')

function states(text: string): ContainerState[] {
  expect(inspectFormat.recognise(text.slice(0, 65_536), 'any.json')).toBe(true)
  const origin = { from: 'inspect.json', readAt: null, source: null }
  return inspectFormat
    .parse(text, origin)
    .flatMap(({ fact }) => (fact.kind === 'container-state' ? [fact] : []))
}

describe('docker inspect', () => {
  test('tells how a container ended that the kernel killed at its limit', () => {
    const [state] = states(fixture('docker/inspect-oom.json'))
    expect(state).toMatchObject({
      engine: 'docker',
      name: 'rec-oom',
      image: 'rec/hog:1',
      status: 'exited',
      running: false,
      pid: null,
      exitCode: 137,
      oomKilled: true,
      error: null,
      restartCount: 2,
      restartPolicy: 'on-failure',
      memoryLimitBytes: 32 * 1024 ** 2,
      memorySwapBytes: 32 * 1024 ** 2,
      memorySwapUnlimited: false,
      memoryReservationBytes: null,
      shmSizeBytes: 64 * 1024 ** 2,
      command: ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=64M', 'count=1'],
      labels: { team: 'shop' },
      health: null,
    })
    expect(state?.env).toContain('SHOP_MODE=full')
    expect(state?.id).toMatch(/^[0-9a-f]{64}$/)
  })

  test('gives a running container its PID and no exit code, whatever the engine writes there', () => {
    const [running] = states(fixture('docker/inspect-child-running.json'))
    expect(running).toMatchObject({ running: true, exitCode: null, oomKilled: false })
    expect(running?.pid).toBeGreaterThan(1)
    const [healthy] = states(fixture('docker/inspect-running-healthy.json'))
    expect(healthy?.health).toBe('healthy')
  })

  test('keeps the flag of a container whose child was killed, and which ended well', () => {
    const [state] = states(fixture('docker/inspect-child-exited.json'))
    expect(state).toMatchObject({ exitCode: 0, oomKilled: true })
  })

  test('passes over images and networks between containers, and knows what never ran', () => {
    const found = states(fixture('docker/inspect-mixed.json'))
    expect(
      found.map(({ name, exitCode, startedAt }) => [name, exitCode, startedAt === null]),
    ).toEqual([
      ['rec-oom', 137, false],
      ['rec-exit0', 0, false],
      ['rec-exit137', 137, false],
      ['rec-created', null, true],
      ['rec-nothere', 127, true],
    ])
    expect(found[3]?.oomKillDisable).toBe(true)
    expect(found[4]?.error).toContain('no such file or directory')
  })

  test('reads an array, JSON lines, and the answer of the Engine API alike', () => {
    const [fromArray] = states(fixture('docker/inspect-oom.json'))
    const [fromLines] = states(fixture('docker/inspect-lines.jsonl'))
    const [fromApi] = states(fixture('docker/inspect-api.json'))
    expect(fromLines).toEqual(fromArray)
    expect(fromApi).toEqual(fromArray)
  })

  test('has the time of the end, with its fraction, and the line where the object begins', () => {
    const text = fixture('docker/inspect-oom.json')
    const finished = /"FinishedAt": "([^"]+)"/.exec(text)?.[1] ?? ''
    const [seen] = inspectFormat.parse(text, { from: 'a.json', readAt: null, source: null })
    expect(seen?.at).toBeCloseTo(Date.parse(finished), -1)
    expect(seen?.from).toBe('a.json:2')
    expect(seen?.excerpt).toContain('"OOMKilled":true')
  })

  test('keeps the objects before the place where a file was cut', () => {
    const text = fixture('docker/inspect-mixed.json')
    const third = text.indexOf('"Name": "/rec-exit137"')
    expect(states(text.slice(0, third)).map((state) => state.name)).toEqual([
      'rec-oom',
      'rec-exit0',
    ])
  })

  test('takes unlimited swap for unlimited, and an unset limit for unknown', () => {
    const object = {
      Id: 'ab',
      State: {},
      HostConfig: { Memory: 0, MemorySwap: -1, OomKillDisable: null },
    }
    expect(states(JSON.stringify(object))[0]).toMatchObject({
      memoryLimitBytes: null,
      memorySwapBytes: null,
      memorySwapUnlimited: true,
      oomKillDisable: false,
      exitCode: null,
      oomKilled: null,
      running: null,
    })
  })
})

describe('podman inspect', () => {
  test('is told from docker by its content', () => {
    const [state] = states(fixture('podman/inspect-oom.json'))
    expect(state).toMatchObject({
      engine: 'podman',
      name: 'rec-oom',
      image: 'localhost/rec/hog:1',
      exitCode: 137,
      // podman 4.3 says false after a real kernel kill.
      oomKilled: false,
      memoryLimitBytes: 32 * 1024 ** 2,
      health: null,
      restartPolicy: null,
    })
  })

  test('passes over the image in the same array', () => {
    const names = states(fixture('podman/inspect-mixed.json')).map((state) => state.name)
    expect(names).toEqual(['rec-oom', 'rec-kill', 'rec-exit0'])
  })
})
