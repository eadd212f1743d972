import { afterEach, describe, expect, test, vi } from 'vitest'
import { fakeWorld } from '../../test/fake-world.ts'
import { guardOver } from '../guard.ts'
import { settingsFrom } from '../settings.ts'
import { redisBackend } from './backend.ts'
import type { SessionBackend } from './backend.ts'
import { createSessions } from './sessions.ts'

const KIB = 1024

interface FakeBackend extends SessionBackend {
  kept: Map<string, string>
  /** How it answers: at all, with a failure, or never. */
  mood: 'well' | 'away' | 'silent'
  calls: number
}

function fakeBackend(): FakeBackend {
  const kept = new Map<string, string>()
  const backend: FakeBackend = {
    kept,
    mood: 'well',
    calls: 0,
    get: async (key) => await answer(() => kept.get(key) ?? null),
    set: async (key, value) => await answer(() => void kept.set(key, value)),
    delete: async (key) => await answer(() => void kept.delete(key)),
  }
  async function answer<T>(work: () => T): Promise<T> {
    backend.calls += 1
    if (backend.mood === 'away') throw new Error('ECONNREFUSED')
    if (backend.mood === 'silent') await new Promise(() => undefined)
    return work()
  }
  return backend
}

function session(text: string, kib = 1) {
  return { text, filler: 'x'.repeat(kib * KIB) }
}

afterEach(() => void vi.useRealTimers())

describe('sessions', () => {
  test('are there again after a restart', async () => {
    const backend = fakeBackend()
    await createSessions({ maxBytes: 64 * KIB, backend }).set('a', session('signed in'))
    const again = createSessions({ maxBytes: 64 * KIB, backend })
    expect(await again.get('a')).toMatchObject({ text: 'signed in' })
    expect(await again.get('b')).toBeNull()
  })

  test('beyond the budget none is lost: the oldest are asked for again', async () => {
    const sessions = createSessions({ maxBytes: 16 * KIB, backend: fakeBackend() })
    for (let at = 0; at < 100; at++) await sessions.set(`id-${at}`, session(`visitor ${at}`))
    expect(sessions.bytes).toBeLessThanOrEqual(16 * KIB)
    for (let at = 0; at < 100; at++) {
      expect(await sessions.get(`id-${at}`)).toMatchObject({ text: `visitor ${at}` })
    }
  })

  test('without a backend the oldest make room', async () => {
    const sessions = createSessions({ maxBytes: 16 * KIB })
    for (let at = 0; at < 100; at++) await sessions.set(`id-${at}`, session(`visitor ${at}`))
    expect(await sessions.get('id-0')).toBeNull()
    expect(await sessions.get('id-99')).toMatchObject({ text: 'visitor 99' })
  })

  test('characters of several bytes come back as they were', async () => {
    const backend = fakeBackend()
    const sessions = createSessions({ maxBytes: 16 * KIB, backend })
    await sessions.set('a', { text: 'Grüße, 世界 🎉' })
    expect(await sessions.get('a')).toEqual({ text: 'Grüße, 世界 🎉' })
    expect(sessions.bytes).toBeGreaterThan(Buffer.byteLength('Grüße, 世界 🎉'))
  })

  test('end with their cookie, or after their time', async () => {
    vi.useFakeTimers()
    const sessions = createSessions({ maxBytes: 16 * KIB, ttlMs: 10_000 })
    await sessions.set('a', session('by time'))
    const expires = new Date(Date.now() + 60_000)
    await sessions.set('b', { cookie: { expires }, text: 'by cookie' })
    vi.advanceTimersByTime(20_000)
    expect(await sessions.get('a')).toBeNull()
    expect(await sessions.get('b')).toMatchObject({ text: 'by cookie' })
    vi.advanceTimersByTime(60_000)
    expect(await sessions.get('b')).toBeNull()
  })

  test('that were destroyed are gone, here and there', async () => {
    const backend = fakeBackend()
    const sessions = createSessions({ maxBytes: 16 * KIB, backend })
    await sessions.set('a', session('x'))
    await sessions.destroy('a')
    expect([await sessions.get('a'), backend.kept.size]).toEqual([null, 0])
  })
})

test('a backend that is slow is not sent the same again and again, and is believed when it answers late', async () => {
  vi.useFakeTimers()
  const answers: (() => void)[] = []
  const slow: SessionBackend = {
    get: async () => null,
    set: async () => await new Promise<void>((resolve) => answers.push(resolve)),
    delete: async () => undefined,
  }
  const sessions = createSessions({ maxBytes: 16 * KIB, backend: slow, retryMs: 500 })
  void sessions.set('a', session('x'))
  await vi.advanceTimersByTimeAsync(8_000)
  expect([answers.length, sessions.unsaved]).toEqual([1, 1])
  answers[0]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(sessions.unsaved).toBe(0)
  void sessions.set('b', session('lost on its way'))
  await vi.advanceTimersByTimeAsync(14_000)
  expect(answers.length).toBe(3)
})

describe('a session larger than the budget', () => {
  test('goes to the backend alone, and leaves no older one behind', async () => {
    const backend = fakeBackend()
    const sessions = createSessions({ maxBytes: 16 * KIB, backend })
    await sessions.set('a', session('small'))
    await sessions.set('a', session('large', 64))
    expect(sessions.size).toBe(0)
    expect(await sessions.get('a')).toMatchObject({ text: 'large' })
  })

  test('is refused without one, and while it is away, with what to do', async () => {
    const alone = createSessions({ maxBytes: 16 * KIB })
    await expect(alone.set('a', session('large', 64))).rejects.toMatchObject({
      code: 'session-too-large',
      message: expect.stringContaining('raise maxBytes'),
    })
    const backend = fakeBackend()
    backend.mood = 'away'
    const sessions = createSessions({ maxBytes: 16 * KIB, backend })
    await expect(sessions.set('a', session('large', 64))).rejects.toMatchObject({
      code: 'session-too-large',
    })
  })
})

describe('a backend that is away', () => {
  test('is given what came meanwhile when it is back', async () => {
    vi.useFakeTimers()
    const backend = fakeBackend()
    const sessions = createSessions({ maxBytes: 64 * KIB, backend, retryMs: 1_000 })
    await sessions.set('before', session('x'))
    backend.mood = 'away'
    await sessions.set('a', session('kept here'))
    await sessions.destroy('before')
    expect([sessions.unsaved, await sessions.get('before')]).toEqual([2, null])
    backend.mood = 'well'
    await vi.advanceTimersByTimeAsync(1_100)
    expect([sessions.unsaved, [...backend.kept.keys()]]).toEqual([0, ['sess:a']])
  })

  test('that does not answer holds up the first request alone, and no longer than its time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const backend = fakeBackend()
    backend.mood = 'silent'
    const sessions = createSessions({ maxBytes: 64 * KIB, backend, timeoutMs: 200 })
    const first = sessions.set('a', session('x'))
    await vi.advanceTimersByTimeAsync(200)
    await first
    const { calls } = backend
    await sessions.set('b', session('x'))
    expect([backend.calls, sessions.unsaved]).toEqual([calls, 2])
  })

  test('loses none that was taken: when the budget is full of them, new ones are refused', async () => {
    const backend = fakeBackend()
    backend.mood = 'away'
    const sessions = createSessions({ maxBytes: 8 * KIB, backend })
    const taken: string[] = []
    for (let at = 0; at < 20; at++) {
      await sessions.set(`id-${at}`, session(`visitor ${at}`)).then(
        () => taken.push(`id-${at}`),
        (error: unknown) => expect(error).toMatchObject({ code: 'sessions-full' }),
      )
    }
    expect(taken.length).toBeGreaterThan(2)
    expect(taken.length).toBeLessThan(10)
    for (const id of taken) expect(await sessions.get(id)).not.toBeNull()
    backend.mood = 'well'
    expect(await sessions.flush()).toBe(0)
    expect(backend.kept.size).toBe(taken.length)
  })

  test('that is slow is waited for longer by a read, which cannot be made up for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const slow: SessionBackend = {
      ...fakeBackend(),
      get: async () =>
        await new Promise((resolve) => {
          setTimeout(() => resolve('{"text":"late"}'), 800)
        }),
    }
    const found = createSessions({ maxBytes: 8 * KIB, backend: slow, timeoutMs: 200 }).get('a')
    await vi.advanceTimersByTimeAsync(800)
    expect(await found).toEqual({ text: 'late' })
  })

  test('is no empty answer: whoever is not known here is not signed out', async () => {
    const backend = fakeBackend()
    backend.mood = 'away'
    const sessions = createSessions({ maxBytes: 8 * KIB, backend })
    await expect(sessions.get('a')).rejects.toThrow('ECONNREFUSED')
  })
})

describe('under pressure', () => {
  test('they give memory back, and none is lost', async () => {
    const world = fakeWorld(1_000)
    const guard = guardOver(world, settingsFrom({}))
    const sessions = createSessions({ maxBytes: 64 * KIB, backend: fakeBackend(), guard })
    for (let at = 0; at < 40; at++) await sessions.set(`id-${at}`, session(`visitor ${at}`))
    world.pass(850, 100)
    expect(sessions.bytes).toBeLessThanOrEqual(33 * KIB)
    expect(await sessions.get('id-0')).toMatchObject({ text: 'visitor 0' })
  })

  test('a process that leaves writes what is not written yet', async () => {
    const backend = fakeBackend()
    backend.mood = 'away'
    const guard = guardOver(fakeWorld(1_000), settingsFrom({}))
    const sessions = createSessions({ maxBytes: 64 * KIB, backend, guard })
    await sessions.set('a', session('x'))
    backend.mood = 'well'
    expect(await guard.drain(0)).toBe('done')
    expect(backend.kept.has('sess:a')).toBe(true)
  })
})

test('a client that is no client of Redis is refused', () => {
  expect(() => redisBackend({})).toThrow(/neither call nor sendCommand/)
})
