import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { AlertmanagerMessage } from './alert-contract.ts'
import { alertDocument, receivedAlert } from './alerts.ts'

/** As Alertmanager 0.25 wrote it. */
const MESSAGE = {
  receiver: 'r',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'ContainerOOMKill', target: 'docker:web', severity: 'warning' },
      annotations: {
        summary: '<b>x</b>',
        runbook_url: 'docs/reference/alerts.md#containeroomkill',
      },
      startsAt: '2026-11-21T18:29:10.123456789+02:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://h:9090/graph?g0.expr=up',
      fingerprint: 'c1ddf82b06b96075',
    },
  ],
  groupLabels: {},
  commonLabels: { alertname: 'ContainerOOMKill' },
  commonAnnotations: {},
  externalURL: 'http://vm:18098',
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
}
const [ALERT] = MESSAGE.alerts

function received(change: object = {}) {
  const read = AlertmanagerMessage.parse({ ...MESSAGE, alerts: [{ ...ALERT, ...change }] })
  const [first] = read.alerts
  if (first === undefined) throw new Error('there is no alert')
  return receivedAlert(first)
}

function told(change: object = {}) {
  return alertDocument({ ...received(change), heardAt: 0, state: 'firing', case: null })
}

describe('an alert that comes in', () => {
  it('is what Alertmanager sent', () => {
    expect(told()).toEqual({
      fingerprint: 'c1ddf82b06b96075',
      name: 'ContainerOOMKill',
      severity: 'warning',
      state: 'firing',
      startsAt: '2026-11-21T16:29:10.123Z',
      endsAt: null,
      heardAt: '1970-01-01T00:00:00.000Z',
      labels: ALERT?.labels,
      annotations: ALERT?.annotations,
      runbookUrl: 'docs/reference/alerts.md#containeroomkill',
      generatorUrl: 'http://h:9090/graph?g0.expr=up',
      case: null,
    })
  })

  it('ends when it says so, and not before its beginning', () => {
    const resolved = { status: 'resolved', endsAt: '2026-11-21T16:30:00Z' }
    expect(told(resolved).endsAt).toBe('2026-11-21T16:30:00.000Z')
    const before = { status: 'resolved', endsAt: '0001-01-01T00:00:00Z' }
    expect(told(before).endsAt).toBe(told().startsAt)
  })

  it('is cut to size', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`l${at}`, 'x'.repeat(9_999)]),
    )
    const { labels, annotations } = received({ labels: many, annotations: many })
    expect(JSON.stringify({ labels, annotations }).length).toBeLessThan(256 * 1_024)
  })

  it('keeps no secret', () => {
    const text = JSON.stringify(
      told({
        labels: { api_token: 'hunter2-hunter2', target: 'docker:web' },
        annotations: { description: 'ran with --password=hunter3secret and hunter2-hunter2' },
        generatorURL: 'http://me:hunter4secret@prometheus:9090/graph',
      }),
    )
    expect(text).not.toMatch(/hunter\d/)
    expect(text).toContain('docker:web')
  })

  it.each([
    ['https://wiki.example.org/stella/docs/a.md#x', 'https://wiki.example.org/stella/docs/a.md#x'],
    ['docs/reference/alerts.md#x', 'docs/reference/alerts.md#x'],
    ['javascript:alert(1)', null],
    ['data:text/html,<b>', null],
    ['//evil.example', null],
    ['', null],
  ])('leads from the runbook %s to %s', (runbook, page) => {
    expect(told({ annotations: { runbook_url: runbook } }).runbookUrl).toBe(page)
  })

  it.each([
    ['another version', { version: '3' }],
    ['no alerts', { alerts: undefined }],
    ['a time that is none', { alerts: [{ ...ALERT, startsAt: 'yesterday' }] }],
    ['no fingerprint', { alerts: [{ ...ALERT, fingerprint: '' }] }],
    ['a label that is no text', { alerts: [{ ...ALERT, labels: { a: 7 } }] }],
  ])('is refused with %s', (_what, change) => {
    expect(z.safeParse(AlertmanagerMessage, { ...MESSAGE, ...change }).success).toBe(false)
  })
})
