/** What deploy/ holds, judged by Prometheus and Alertmanager themselves. */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { METRICS } from '../../src/model/metric-names.ts'
import {
  alertingPrometheus,
  alertmanager,
  eventually,
  spokenExporter,
  webhookReceiver,
} from '../support/alerting.ts'
import type { Running } from '../support/alerting.ts'
import { DEPLOY, deployedDashboards, deployedRules, queriesOf, text } from '../support/deployed.ts'
import { requireParts } from '../support/parts.ts'
import { run, tryRun } from '../support/testbed.ts'

const RULE_FILES = globSync(`${DEPLOY}prometheus/rules/*.yaml`)
const TEST_FILES = globSync(`${DEPLOY}prometheus/tests/*.yaml`)
const noPrometheus = requireParts('prometheus')
const noAlertmanager = requireParts('prometheus', 'alertmanager')

function reason(missing: string | null): string {
  return missing === null ? '' : ` (${missing})`
}

describe.skipIf(noPrometheus !== null)(`promtool${reason(noPrometheus)}`, () => {
  test('finds nothing to say against the rules and the example of a configuration', () => {
    expect(RULE_FILES.length).toBeGreaterThan(0)
    run(['promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...RULE_FILES])
    run(['promtool', 'check', 'config', `${DEPLOY}prometheus/prometheus.yaml`])
  })

  test('has a test for each file of rules', () => {
    expect(TEST_FILES.map((path) => basename(path)).toSorted()).toEqual(
      RULE_FILES.map((path) => basename(path)).toSorted(),
    )
  })

  test.each(TEST_FILES.map((path) => [basename(path), path]))('tests %s', (_name, path) => {
    const { status, stdout, stderr } = tryRun(['promtool', 'test', 'rules', path])
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringContaining('SUCCESS'),
      stderr: '',
    })
  })

  test('reads the names and types of our metrics as they are written', () => {
    const page = Object.entries(METRICS)
      .filter(([, { type }]) => type !== 'histogram')
      .map(
        ([name, { help, type }]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} 0\n`,
      )
      .join('')
    const { status, stdout, stderr } = tryRun(['promtool', 'check', 'metrics'], { input: page })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})

describe.skipIf(noAlertmanager !== null)(`amtool${reason(noAlertmanager)}`, () => {
  const CONFIG = `${DEPLOY}alertmanager/alertmanager.yaml`
  const receiversOf = (...labels: string[]): string =>
    run(['amtool', 'config', 'routes', 'test', `--config.file=${CONFIG}`, ...labels]).trim()

  test('reads the example', () => {
    expect(run(['amtool', 'check-config', CONFIG])).toContain('SUCCESS')
  })

  test('sends alerts of the packs to stella and to people, and what is only set up to stella alone', () => {
    expect(receiversOf('alertname=ContainerOOMKill', 'pack=stella', 'severity=warning')).toBe(
      'stella,people',
    )
    expect(receiversOf('alertname=NoMemoryLimit', 'pack=docker', 'severity=info')).toBe(
      'stella,nobody',
    )
    expect(receiversOf('alertname=Else', 'severity=critical')).toBe('people')
  })
})

describe.skipIf(noPrometheus !== null)(
  `the queries of the dashboards${reason(noPrometheus)}`,
  () => {
    let prometheus: Running
    beforeAll(async () => {
      prometheus = await alertingPrometheus({ rules: [], targets: [], alertmanager: null })
    })
    afterAll(() => prometheus?.close())

    test.each(deployedDashboards())('of $title are understood by Prometheus', async (dashboard) => {
      const refused: string[] = []
      for (const query of queriesOf(dashboard)) {
        const { status, error } = await answered(prometheus, 'query', { query })
        if (status !== 'success') refused.push(`${query}: ${error}`)
      }
      expect(refused).toEqual([])
    })
  },
)

describe.skipIf(noAlertmanager !== null)(
  `from the metric to the webhook${reason(noAlertmanager)}`,
  () => {
    const running: Running[] = []
    async function started<T extends Running>(part: Promise<T>): Promise<T> {
      const one = await part
      running.unshift(one)
      return one
    }
    afterAll(async () => {
      for (const one of running) await one.close()
    })

    test('a kill of a scanner worker arrives with its labels, sizes and page', async () => {
      const receiver = await started(webhookReceiver())
      const manager = await started(alertmanager(routedTo(receiver.url)))
      const exporter = await started(spokenExporter())
      const page = (kills: number): string =>
        [
          ...['oom', 'crash', 'timeout', 'manual', 'config'].map(
            (why) =>
              `scanner_worker_restarts_total{pool="default",reason="${why}"} ${why === 'oom' ? kills : 0}`,
          ),
          `stella_oom_kills_total{scope="container"} ${kills}`,
          `stella_oom_kills_total{scope="host"} 0`,
          `stella_container_oom_kills_total{host="a",platform="docker",target="docker:web",main_process="died"} ${kills}`,
          `stella_container_oom_kills_total{host="a",platform="docker",target="docker:pool",main_process="survived"} ${kills}`,
          'scanner_worker_memory_limit_bytes{pool="default",worker="w1"} 4294967296',
          'scanner_worker_memory_usage_bytes{pool="default",worker="w1"} 1073741824',
          '',
        ].join('\n')
      exporter.tell(page(0))
      const prometheus = await started(
        alertingPrometheus({
          rules: RULE_FILES,
          targets: [exporter.url],
          alertmanager: manager.url,
        }),
      )

      await eventually('the first sample', async () => {
        const answer = await ask(prometheus, 'scanner_worker_restarts_total{reason="oom"}')
        return answer.length === 1 ? true : null
      })
      expect(await namesOfLoaded(prometheus)).toEqual(
        [...new Set(deployedRules().flatMap(({ alert }) => alert ?? []))].toSorted(),
      )
      expect(await ask(prometheus, 'ALERTS')).toEqual([])

      exporter.tell(page(1))
      const names = ['ContainerChildOOM', 'ContainerOOMKill', 'ScannerWorkerOOM']
      await eventually('all alerts at the webhook', async () =>
        names.every((name) => receiver.alerts.some(({ labels }) => labels['alertname'] === name))
          ? true
          : null,
      )
      const told = receiver.alerts.filter(({ status }) => status === 'firing')
      expect([...new Set(told.map(({ labels }) => labels['alertname'] ?? ''))].toSorted()).toEqual(
        names,
      )
      expect(told.find(({ labels }) => labels['alertname'] === 'ScannerWorkerOOM')).toMatchObject({
        labels: { severity: 'critical', pack: 'scanner', pool: 'default', job: 'stella' },
        annotations: {
          summary: 'A scanner worker of pool default ran out of memory',
          description: expect.stringContaining('a worker there may use 4GiB'),
          runbook_url: 'runbooks/scanner-oom.md',
        },
      })
      expect(told.find(({ labels }) => labels['alertname'] === 'ContainerChildOOM')).toMatchObject({
        labels: { host: 'a', target: 'docker:pool' },
        annotations: { description: expect.stringContaining('stella why docker:pool --since 15m') },
      })
    })
  },
)

/** The example with the receivers of the test in it, and without waiting for more alerts. */
function routedTo(url: string): string {
  const config = parse(text('alertmanager/alertmanager.yaml'))
  for (const receiver of config.receivers) {
    for (const webhook of receiver.webhook_configs ?? []) webhook.url = url
  }
  config.route.group_wait = '0s'
  config.route.group_interval = '1s'
  return stringify(config)
}

interface Answer {
  status: string
  error?: string
  data: {
    result: unknown[]
    groups: { rules: { name: string; lastError?: string }[] }[]
  }
}

/** What Prometheus says at a path of its API. */
async function answered(
  prometheus: Running,
  path: string,
  parameters: Record<string, string>,
): Promise<Answer> {
  const url = new URL(`/api/v1/${path}`, prometheus.url)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return JSON.parse(await (await fetch(url)).text())
}

async function ask(prometheus: Running, query: string): Promise<unknown[]> {
  return (await answered(prometheus, 'query', { query })).data.result
}

async function namesOfLoaded(prometheus: Running): Promise<string[]> {
  const { data } = await answered(prometheus, 'rules', { type: 'alert' })
  const rules = data.groups.flatMap((group) => group.rules)
  expect(rules.flatMap(({ lastError }) => lastError ?? [])).toEqual([])
  return [...new Set(rules.map(({ name }) => name))].toSorted()
}
