import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { Alert, Database } from '../../src/store/database/types.ts'
import { caseEntry as entry, ENGINES } from '../support/databases.ts'
import type { Engine } from '../support/databases.ts'

const HOST = { id: 'a1', name: 'one' }
const MINUTE = 60_000
const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21)

function alert(labels: Alert['labels'], change: Partial<Alert> = {}): Alert {
  return {
    fingerprint: JSON.stringify(labels),
    startsAt: NOW,
    endsAt: null,
    labels,
    annotations: { summary: 'it happened' },
    generatorUrl: null,
    ...change,
  }
}

for (const [name, start, isMissing] of ENGINES) {
  describe.skipIf(isMissing)(`alerts in ${name}`, () => {
    let engine: Engine
    let database: Database

    beforeAll(async () => {
      engine = await start()
      database = await engine.open()
    }, 120_000)
    afterAll(async () => {
      await database.close()
      await engine.end()
    })
    beforeEach(async () => {
      // Everything is older than this.
      await database.tidy(NOW + 1_000 * DAY, { maxAgeMs: 0, maxBytes: 0 })
    })

    it('keeps each alert once, with its last word', async () => {
      const web = alert({ alertname: 'A', name: 'a\0b' })
      const ended = { ...web, endsAt: NOW + MINUTE }
      const told = async (one: Alert, at: number): Promise<string[]> =>
        (await database.takeAlerts([one], at)).map(({ state }) => state)
      expect(await told(web, NOW)).toEqual(['firing'])
      expect(await told(web, NOW + 1)).toEqual([])
      expect(await database.firing(NOW + 2)).toBe(1)
      expect(await told(ended, NOW + MINUTE)).toEqual(['resolved'])
      expect(await told(ended, NOW + MINUTE)).toEqual([])
      expect(await database.firing(NOW + MINUTE)).toBe(0)
      // Alertmanager tells an alert with the same beginning again where Prometheus was away for a while.
      expect(await told(web, NOW + 2 * MINUTE)).toEqual(['firing'])
      const again = { ...web, startsAt: NOW + 3 * MINUTE }
      expect(await database.takeAlerts([again, again], NOW + 3 * MINUTE)).toHaveLength(1)
      const kept = await database.alerts({ limit: 10, now: NOW + 3 * MINUTE })
      expect(kept).toMatchObject([
        { startsAt: NOW + 3 * MINUTE, labels: { name: 'a\uFFFDb' } },
        { startsAt: NOW, endsAt: null, heardAt: NOW + 2 * MINUTE },
      ])
    })

    it('lists alerts that fire first, and tells which nobody has told of for a day', async () => {
      await database.takeAlerts([alert({ alertname: 'lost' })], NOW - 2 * DAY)
      await database.takeAlerts(
        [
          alert({ alertname: 'old' }, { startsAt: NOW - DAY }),
          alert({ alertname: 'ended' }, { startsAt: NOW, endsAt: NOW + 1 }),
          alert({ alertname: 'new' }, { startsAt: NOW - 1 }),
        ],
        NOW,
      )
      const names = async (state?: 'firing' | 'resolved' | 'lost'): Promise<string[]> =>
        (await database.alerts({ limit: 10, state, now: NOW })).map(
          ({ labels, state: is }) => `${labels['alertname']} ${is}`,
        )
      expect(await names()).toEqual(['new firing', 'old firing', 'ended resolved', 'lost lost'])
      expect(await names('firing')).toEqual(['new firing', 'old firing'])
      expect(await names('lost')).toEqual(['lost lost'])
      expect(await names('resolved')).toEqual(['ended resolved'])
    })

    it('ties an alert to the latest case of what it is about, also to one that comes later', async () => {
      const web = { platform: 'docker', name: 'web', id: 'f00d'.repeat(16), image: null } as const
      const pod = { platform: 'kubernetes', name: 'shop/cart-0/app', id: 'x', image: null } as const
      const caseOf = async (labels: Alert['labels'], change?: Partial<Alert>): Promise<unknown> => {
        await database.tidy(NOW, { maxAgeMs: 1_000 * DAY, maxBytes: MIB })
        const one = alert({ ...labels, at: `${change?.startsAt}` }, change)
        await database.takeAlerts([one], NOW)
        const kept = await database.alerts({ limit: 500, now: NOW })
        return kept.find(({ fingerprint }) => fingerprint === one.fingerprint)?.case?.id ?? null
      }
      await database.take(HOST, [
        entry('1', NOW - 90 * MINUTE, { subject: web }),
        entry('2', NOW - 59 * MINUTE, { subject: web }),
        entry('3', NOW - 30 * MINUTE, { subject: pod }),
      ])
      expect(await caseOf({ target: 'docker:web' })).toBe('c_0002')
      expect(await caseOf({ target: 'docker:f00df00df00d' })).toBe('c_0002')
      expect(await caseOf({ target: 'podman:web' })).toBeNull()
      expect(await caseOf({ target: 'docker:w%' })).toBeNull()
      expect(await caseOf({ target: 'docker:web', host: 'one' })).toBe('c_0002')
      expect(await caseOf({ target: 'docker:web', host: 'two' })).toBeNull()
      expect(await caseOf({ name: 'web' })).toBe('c_0002')
      expect(await caseOf({ id: `/docker/${'f00d'.repeat(16)}` })).toBe('c_0002')
      expect(await caseOf({ namespace: 'shop', pod: 'cart-0' })).toBe('c_0003')
      expect(await caseOf({ namespace: 'else', pod: 'cart-0' })).toBeNull()
      expect(await caseOf({ scope: 'container' })).toBe('c_0003')
      expect(await caseOf({ scope: 'host' })).toBeNull()
      expect(await caseOf({ pool: 'default' })).toBeNull()
      const ended = { startsAt: NOW - 100 * MINUTE, endsAt: NOW - 95 * MINUTE }
      expect(await caseOf({ target: 'docker:web' }, ended)).toBeNull()
      await database.take(HOST, [entry('4', NOW + MINUTE, { subject: web })])
      expect(await caseOf({ target: 'docker:web' })).toBe('c_0004')
    })

    it('drops alerts of long ago, and the oldest where they are too large', async () => {
      const large = { annotations: { description: 'x'.repeat(4_000) } }
      for (let at = 0; at < 20; at++) {
        await database.takeAlerts([alert({ alertname: `${at}` }, large)], NOW - at * DAY)
      }
      await database.tidy(NOW, { maxAgeMs: 9.5 * DAY, maxBytes: MIB })
      const left = async (): Promise<number> =>
        (await database.alerts({ limit: 500, now: NOW })).length
      expect(await left()).toBe(10)
      await database.tidy(NOW, { maxAgeMs: 9.5 * DAY, maxBytes: 8 * 4 * 4_200 })
      expect(await left()).toBe(4)
    })
  })
}
