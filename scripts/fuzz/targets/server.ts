/** What callers of the server send: bodies and queries of every call, checked as they are when somebody sends them. */
import { receivedAlert, alertDocument } from '../../../src/server/alerts.ts'
import { AlertmanagerMessage } from '../../../src/server/alert-contract.ts'
import { Delivery } from '../../../src/server/contract.ts'
import { readInput } from '../../../src/server/route.ts'
import { ROUTES } from '../../../src/server/routes.ts'
import { readJournalEntry } from '../../../src/store/cases.ts'
import { entryDocument } from '../../../src/store/cases/entry-json.ts'
import { sampleCase } from '../../../test/support/sample-case.ts'
import { texts } from '../corpus.ts'
import { must, mustBeSound } from '../sound.ts'
import type { Target } from '../target.ts'

const AT = Date.UTC(2026, 4, 1)
const SECRET = 'Hunter2-Kq8vXw3Tz'

const BODIES = texts(
  [
    {
      version: '4',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Oom', severity: 'critical', password: SECRET },
          annotations: { runbook_url: 'container-oom.md#what', summary: `token=${SECRET}` },
          startsAt: '2026-05-01T12:00:00.123456789+02:00',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
          fingerprint: 'c0ffee',
        },
      ],
    },
    {
      schema: 'stella.delivery/1',
      host: { id: 'left', name: 'left' },
      entries: [
        entryDocument({
          kind: 'case',
          at: AT,
          incident: 'boot-1',
          revision: 1,
          case: sampleCase({ id: 'c_0000000000000001', at: AT }),
        }),
      ],
    },
    { runbook: 'container-oom', params: { container: 'web' }, by: 'ann', onlyChecks: false },
    { answers: { look: 'yes', count: { value: '3' } }, plan: 'a1', steps: ['fix'], by: 'ann' },
    { image: 'shop/web:1', platform: 'linux/arm64', priority: 5, by: 'ann' },
    { name: 'memory-limit', value: '2Gi', by: 'ann', reason: 'large images' },
    { limit: '50', status: 'queued,failed', since: '2026-05-01T12:00:00Z', after: 'x' },
    { path: '/system.slice/docker-c0ffee.scope' },
  ].map((body) => JSON.stringify(body)),
)

export const BODIES_OF_CALLS: Target = {
  name: 'http-bodies',
  samples: () => BODIES,
  run({ bytes }) {
    const body = parsed(bytes.toString())
    if (body === undefined) return
    for (const { input } of ROUTES) {
      const read = readInput(input, body)
      if (!read.ok) JSON.stringify(read.answer)
    }
    const message = readInput(AlertmanagerMessage, body)
    if (message.ok) {
      const alerts = message.data.alerts.map(receivedAlert)
      mustBeSound(alerts)
      for (const alert of alerts) {
        const kept = { ...alert, state: 'firing' as const, heardAt: AT, case: null }
        mustBeSound(alertDocument(kept))
      }
    }
    const delivery = readInput(Delivery, body)
    if (delivery.ok) {
      for (const entry of delivery.data.entries.map(readJournalEntry)) {
        if (entry === null) continue
        mustBeSound(entry)
        // What is taken can be written again.
        must(JSON.stringify(entryDocument(entry)) !== '', 'an empty entry')
      }
    }
  },
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
