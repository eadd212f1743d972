import { createServer } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { prometheusServer } from '../../sources/prometheus/ask.ts'
import { stellaRules } from './stella-rules.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A Prometheus with these rules, whose Alertmanager, where it has one, holds this configuration. */
async function look(rules: readonly object[], config: string | null) {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const own = `http://${request.headers.host}/api/v2/alerts`
    const answer = path.startsWith('/api/v1/rules')
      ? { data: { groups: [{ rules }] } }
      : path.startsWith('/api/v1/alertmanagers')
        ? { data: { activeAlertmanagers: config === null ? [] : [{ url: own }] } }
        : { config: { original: config } }
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closing.push(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : null
  const prometheus = prometheusServer({ url: `http://127.0.0.1:${port}`, env: {} })
  return checked(stellaRules, {}, { prometheus })
}

const RULE = { name: 'ContainerOOMKill', health: 'ok', labels: { pack: 'stella' } }
const RECEIVER = 'receivers: [{ webhook_configs: [{ url: "http://127.0.0.1:8137/api/alerts" }] }]'

it('passes where alerts are loaded and find their way', async () => {
  expect(await look([RULE], RECEIVER)).toMatchObject({
    status: 'pass',
    says: '1 alert of stella is loaded, and 1 Alertmanager takes them',
    evidence: { alertmanagers: [{ tellsStella: 'yes' }] },
  })
})

it('skips where no Prometheus is named, and where it is away', async () => {
  expect(await checked(stellaRules)).toMatchObject({ status: 'skip', isOutOfReach: false })
  const prometheus = prometheusServer({ url: 'http://127.0.0.1:1', env: {} })
  expect(await checked(stellaRules, {}, { prometheus })).toMatchObject({
    status: 'skip',
    isOutOfReach: true,
  })
})

it('warns of rules that are not there, and of alerts that nobody is told', async () => {
  expect(await look([{ ...RULE, labels: {} }], RECEIVER)).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('deploy/prometheus/rules'),
  })
  expect(await look([RULE], null)).toMatchObject({
    status: 'warn',
    says: expect.stringContaining('knows no Alertmanager'),
  })
  expect(await look([RULE], 'receivers: [{ name: people }]')).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('deploy/alertmanager/alertmanager.yaml'),
  })
  const hidden = 'receivers:\n- webhook_configs:\n  - url: <secret>\n'
  expect(await look([RULE], hidden)).toMatchObject({ status: 'pass' })
})

it('fails of a rule that cannot be evaluated', async () => {
  const broken = { ...RULE, health: 'err', lastError: 'many-to-many matching not allowed' }
  expect(await look([broken], RECEIVER)).toMatchObject({
    status: 'fail',
    says: 'Prometheus cannot evaluate ContainerOOMKill: many-to-many matching not allowed',
  })
})
