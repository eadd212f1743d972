/** From a real kill through Prometheus and Alertmanager back to stella, which knows the case. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { MIB } from '../../src/model/bytes.ts'
import { alertingPrometheus, alertmanager, eventually } from '../support/alerting.ts'
import type { Running } from '../support/alerting.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { DEPLOY, text } from '../support/deployed.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const TOKEN = 'a-token-that-nobody-knows'
const missing = requireParts('root', 'kmsg', 'compiler', 'prometheus', 'alertmanager')

interface Told {
  name: string
  state: string
  startsAt: string
  endsAt: string | null
  labels: Record<string, string>
  annotations: Record<string, string>
  runbookUrl: string | null
  case: { id: string; victim: { pid: number } | null } | null
}

describe.skipIf(missing)(`alerts that come in${missing === null ? '' : ` (${missing})`}`, () => {
  let folder = ''
  let server: Serving
  let manager: Running
  let group: TestGroup
  const running: { close(): Promise<void> }[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(testbedFolder('alerts-in'), 'data-'))
    running.push({ close: async () => rmSync(folder, { recursive: true, force: true }) })
    const token = join(folder, 'token')
    writeFileSync(token, TOKEN)
    group = createGroup('alerts-in', 8 * MIB)
    running.unshift({ close: group.remove })
    server = await startServing(join(folder, 'data'), ['--token-file', token])
    running.unshift({ close: server.kill })
    manager = await alertmanager(exampleFor(`${server.url}api/alerts`, token))
    running.unshift(manager)
  })
  afterAll(async () => {
    for (const one of running) await one.close()
  })

  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    server.get(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${TOKEN}` } })

  async function answer<T>(path: string): Promise<T> {
    return JSON.parse(await (await call(path)).text())
  }

  async function told(is: (alert: Told) => boolean): Promise<Told | null> {
    const { alerts } = await answer<{ alerts: Told[] }>('/api/alerts?limit=500')
    return alerts.find(is) ?? null
  }

  async function killOne(): Promise<number> {
    await roomForReports()
    const { pid, ended } = group.start([await hog(), 'anon=64M'])
    await ended
    return pid
  }

  /** As Prometheus would. */
  async function tellManager(labels: Record<string, string>, change: object = {}): Promise<void> {
    const response = await fetch(`${manager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        { labels: { pack: 'stella', severity: 'warning', ...labels }, annotations: {}, ...change },
      ]),
    })
    expect(response.status).toBe(200)
  }

  it('a kill comes back as an alert with its case and its page, and is heard by pages that are open', async () => {
    let heard = ''
    const events = new AbortController()
    const stream = await call('/api/events', { signal: events.signal })
    const decoder = new TextDecoder()
    void stream.body
      ?.pipeTo(new WritableStream({ write: (chunk) => void (heard += decoder.decode(chunk)) }))
      .catch(() => undefined)
    const prometheus = await alertingPrometheus({
      rules: [`${DEPLOY}prometheus/rules/stella.yaml`],
      targets: [server.url],
      alertmanager: manager.url,
      token: TOKEN,
    })
    try {
      const target = `cgroup:${group.path}`
      const sample = `stella_container_oom_kills_total{target="${target}"}`
      await killOne()
      await eventually('the counter in Prometheus', async () => {
        const url = new URL('/api/v1/query', prometheus.url)
        url.searchParams.set('query', sample)
        const { data }: { data: { result: unknown[] } } = JSON.parse(
          await (await fetch(url)).text(),
        )
        return data.result.length > 0 ? true : null
      })
      const pid = await killOne()
      const isOurs = ({ name, labels }: Told): boolean =>
        name === 'ContainerOOMKill' && labels['target'] === target
      const alert = await eventually('the alert with its case', () =>
        told((one) => isOurs(one) && one.case?.victim?.pid === pid),
      )
      expect(alert).toMatchObject({
        state: 'firing',
        endsAt: null,
        labels: { pack: 'stella', severity: 'warning' },
        annotations: { summary: `${target} was killed for lack of memory` },
        runbookUrl: 'docs/reference/alerts.md#containeroomkill',
      })
      const kept = await answer<object>(`/api/cases/${alert.case?.id}`)
      expect(kept).toMatchObject({ subject: { name: group.path }, case: { victims: [{ pid }] } })
      const { firingAlerts } = await answer<{ firingAlerts: number }>('/api/overview')
      expect(firingAlerts).toBeGreaterThan(0)
      await until('the event', () => heard.includes('event: alert') && heard.includes(target))
    } finally {
      events.abort()
      await prometheus.close()
    }
  })

  it('an alert that came before the kill gets its case, and its end', async () => {
    const labels = {
      alertname: 'ContainerMemoryNearLimit',
      target: `cgroup:${group.path}`,
      run: '2',
    }
    const startsAt = new Date(Date.now() + 1_000).toISOString()
    const isOurs = (alert: Told): boolean => alert.labels['run'] === '2'
    await tellManager(labels, { startsAt })
    await eventually('the alert', () => told(isOurs))
    const pid = await killOne()
    await eventually('its case', () =>
      told((alert) => isOurs(alert) && alert.case?.victim?.pid === pid),
    )
    await tellManager(labels, { startsAt, endsAt: new Date(Date.now() + 1_000).toISOString() })
    const ended = await eventually('its end', () =>
      told((alert) => isOurs(alert) && alert.state === 'resolved'),
    )
    expect(Date.parse(ended.endsAt ?? '')).toBeGreaterThanOrEqual(Date.parse(ended.startsAt))
    expect(ended.case?.victim?.pid).toBe(pid)
  })

  it('stands whatever is sent, and takes nothing without its token', async () => {
    const post = async (body: string, headers: Record<string, string> = {}): Promise<number> => {
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
      const response = await server.get('/api/alerts', {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${TOKEN}`, ...headers },
      })
      await response.arrayBuffer()
      return response.status
    }
    const one = (at: number): object => ({
      status: 'firing',
      labels: { alertname: 'Flood', at: `${at}`, password: 'hunter2-hunter2' },
      annotations: { description: `<script>\0</script>${'x'.repeat(2_000)}` },
      startsAt: '2026-11-21T10:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: `flood-${at}`,
    })
    const message = (alerts: object[]): string => JSON.stringify({ version: '4', alerts })
    expect(await post(message([one(0)]), { authorization: 'Bearer wrong' })).toBe(401)
    expect(await post('{')).toBe(400)
    expect(await post('{"version":"4","alerts":[{}]}')).toBe(400)
    expect(await post(message([one(0)]), { 'content-type': 'text/plain' })).toBe(400)
    expect(await post(`"${'x'.repeat(17 * MIB)}"`)).toBe(413)
    expect(await told(({ name }) => name === 'Flood')).toBeNull()
    expect(await post(message(Array.from({ length: 1_500 }, (_, at) => one(at))))).toBe(200)
    const kept = await told(({ name }) => name === 'Flood')
    expect(kept?.annotations['description']).toContain('<script>\uFFFD</script>')
    expect(JSON.stringify(kept)).not.toContain('hunter2')
    expect((await server.get('/readyz')).status).toBe(200)
  })
})

/** The example, which sends its token here, and without waiting for more alerts. */
function exampleFor(url: string, tokenFile: string): string {
  const config = parse(text('alertmanager/alertmanager.yaml'))
  config.receivers = [
    { name: 'nobody' },
    { name: 'people' },
    {
      name: 'stella',
      webhook_configs: [
        {
          url,
          send_resolved: true,
          http_config: { authorization: { credentials_file: tokenFile } },
        },
      ],
    },
  ]
  for (const part of [config.route, ...config.route.routes]) {
    part.group_wait = '0s'
    part.group_interval = '1s'
  }
  return stringify(config)
}
