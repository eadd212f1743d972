import { expect } from 'vitest'
import { entryDocument } from '../../src/store/cases/entry-json.ts'
import { sampleCase } from './sample-case.ts'
import type { Serving } from './serving.ts'

/** So many cases of two other hosts, a minute apart; the first is the oldest. */
export async function deliver(server: Serving, count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, at) => {
    const found = sampleCase({
      id: `c_${String(at).padStart(16, '0')}`,
      at: Date.UTC(2026, 4, 1) + at * 60_000,
      subject: { platform: 'docker', name: `shop-${at}`, id: `c0ffee${at}`, image: 'shop/web:1' },
    })
    const isHost = at % 10 === 0
    const verdict = isHost ? { ...found.verdict, code: 'oom-host' as const } : found.verdict
    return entryDocument({
      kind: 'case',
      at: Date.UTC(2026, 4, 1) + at * 60_000,
      incident: `boot-${at}`,
      revision: 1,
      case: { ...found, verdict },
    })
  })
  for (const [at, name] of ['left', 'right'].entries()) {
    const response = await server.get('/api/deliveries', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        schema: 'stella.delivery/1',
        host: { id: name, name },
        entries: entries.filter((_, index) => index % 2 === at),
      }),
    })
    expect(response.status).toBe(200)
  }
}
