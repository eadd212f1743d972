import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { audit, type Audit } from '../engine.ts'

function judged(path: string, text: string): Audit {
  return audit([{ file: { path, text }, variables: new Map(), isNamed: true }])
}

function found({ findings, problems }: Audit): string[] {
  expect(problems).toEqual([])
  return findings.map(
    ({ rule, line, column, message }) => `${rule.id} ${line}:${column} ${message}`,
  )
}

function ruleOf(line: string): string {
  return line.slice(0, line.indexOf(' '))
}

function recorded(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../fixtures/${path}`, import.meta.url)), 'utf8')
}

const APP = `{
  "id": "/shop/cart",
  "cmd": "exec java -Xmx600m -jar cart.jar",
  "cpus": 1,
  "mem": 512,
  "env": {"PASSWORD": {"secret": "cart"}, "MODE": "full"}
}`

describe('an app of Marathon', () => {
  it('is judged by its mem, in MiB, and what its command asks for', () => {
    expect(found(judged('app.json', APP))).toEqual([expect.stringMatching(/^J01 3:\d+ .*512 MiB/)])
  })

  it.each([
    ['an answer of the API', `{"app": ${APP}}`],
    ['apps', `{"apps": [${APP}]}`],
    ['groups', `{"id": "/", "groups": [{"id": "/shop", "apps": [${APP}]}]}`],
    ['a list', `[${APP}]`],
  ])('is found in %s', (_, text) => {
    expect(found(judged('apps.json', text))).toEqual([expect.stringMatching(/^J01 3:/)])
  })

  it('is mended where a value is wrong, and the rest is kept', () => {
    const text = APP.replace('"MODE": "full"', '"GOMEMLIMIT": "512MiB"').replace('-Xmx600m ', '')
    const { findings } = judged('app.json', text)
    expect(findings.map(({ rule, edits }) => [rule.id, edits.length])).toContainEqual(['G02', 1])
  })

  /** An app of the Docker containerizer with these parameters. */
  const docker = (parameters: Record<string, string>, more: object = {}): string =>
    JSON.stringify({
      id: '/shop/cart',
      cpus: 1,
      mem: 512,
      container: {
        type: 'DOCKER',
        docker: {
          image: 'registry.example.com/cart:1',
          parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
        },
      },
      ...more,
    })
  const JAVA = { args: ['java', '-Xmx600m', '-jar', 'cart.jar'] }

  it.each([
    ['C05', docker({ 'memory-swap': '-1' })],
    ['C12', docker({ 'oom-kill-disable': 'true' })],
    ['C14', docker({ 'oom-score-adj': '-800' })],
    ['C17', docker({ tmpfs: '/tmp' })],
    ['C18', docker({ tmpfs: '/tmp:size=500m' })],
    ['C19', docker({ 'shm-size': '256m' })],
    ['C19', docker({}, { container: { type: 'MESOS', linuxInfo: { ipcInfo: { shmSize: 256 } } } })],
    ['C27', docker({}, { healthChecks: [{ protocol: 'COMMAND', command: { value: 'true' } }] })],
    ['C01', docker({}, { resourceLimits: { mem: 'unlimited' } })],
    ['J01', docker({}, JAVA)],
  ])('is judged by %s, as any engine: %s', (rule, text) => {
    expect(found(judged('app.json', text)).map(ruleOf)).toEqual([rule])
  })

  it.each([
    ['the engine is told another limit', docker({ memory: '1g' }, JAVA)],
    ['its limit is above what it asks for', docker({}, { ...JAVA, resourceLimits: { mem: 1024 } })],
    ['it is asked by HTTP', docker({}, { healthChecks: [{ protocol: 'HTTP', path: '/health' }] })],
  ])('has nothing wrong where %s', (_, text) => {
    expect(found(judged('app.json', text))).toEqual([])
  })

  it('of several containers, a pod, is judged one by one', () => {
    const pod = {
      id: '/shop',
      environment: { GOMEMLIMIT: '512MiB' },
      containers: [
        {
          name: 'cart',
          resources: { cpus: 1, mem: 512 },
          exec: { command: { shell: 'exec java -Xmx600m -jar cart.jar' } },
          healthCheck: { exec: { command: { argv: ['true'] } } },
        },
        { name: 'roomy', resources: { cpus: 1, mem: 2048 } },
      ],
      volumes: [{ name: 'data' }],
    }
    for (const text of [JSON.stringify(pod), JSON.stringify([{ id: '/shop', spec: pod }])]) {
      const rules = found(judged('pod.json', text)).map(ruleOf)
      expect(rules.toSorted()).toEqual(['C27', 'G02', 'J01'])
    }
  })

  it('has nothing wrong where all fits', () => {
    expect(found(judged('app.json', APP.replace('600m', '256m')))).toEqual([])
  })

  it.each(['mesos/app.json', 'mesos/groups.json'])('is read as it was recorded: %s', (path) => {
    expect(judged(path, recorded(path))).toMatchObject({ findings: [], problems: [], files: [{}] })
  })
})

test.each([
  ['a process list', '{"id": 1, "mem": 4.5, "cmd": "top"}'],
  ['settings', '{"mem": 5, "cpus": 2, "id": "x"}'],
  ['a label', 'apiVersion: v1\nkind: ConfigMap\ndata: {a: \'{"mem": 4}\'}\n'],
])('%s is no app of Marathon', (_, text) => {
  expect(judged('a.json', text).findings).toEqual([])
})

describe('a dump of docker inspect', () => {
  it('is judged as it was recorded, container by container', () => {
    const text = recorded('docker/inspect-mixed.json')
    expect(found(judged('dump.json', text)).map((line) => line.replace(/ \d+:\d+ /, ' '))).toEqual([
      'C01 rec-exit0 may take all memory of its machine',
      'C01 rec-exit137 may take all memory of its machine',
      // It was made with --oom-kill-disable.
      'C12 at 48 MiB, rec-created hangs on cgroup v1',
    ])
  })

  it('is told where swap has no limit, tmpfs no size, and a heap does not fit; nothing is mended', () => {
    const text = JSON.stringify(
      [
        {
          Name: '/cart',
          State: {},
          Path: 'java',
          Args: ['-Xmx600m', '-jar', 'cart.jar'],
          Config: { Image: 'registry.example.com/cart:1', Env: ['GOMEMLIMIT=512MiB'] },
          HostConfig: { Memory: 536_870_912, MemorySwap: -1, Tmpfs: { '/tmp': 'rw' } },
        },
      ],
      null,
      2,
    )
    const audited = judged('dump.json', text)
    expect(audited.findings.map(({ rule, line }) => `${rule.id} ${line}`)).toEqual([
      'J01 7',
      'G02 14',
      'C05 19',
      'C17 21',
    ])
    expect(audited.findings.flatMap(({ edits }) => edits)).toEqual([])
  })

  const dump = (host: object, config: object = {}, more: object = {}): string =>
    JSON.stringify([
      {
        Name: '/cart',
        State: {},
        Config: { Image: 'registry.example.com/cart:1', ...config },
        HostConfig: { Memory: 536_870_912, ...host },
        ...more,
      },
    ])
  const NODE = { Path: 'node', Args: ['--max-old-space-size=490', 'a.js'] }
  const CHROME = { Image: 'selenium/standalone-chrome:4' }

  it.each([
    ['C12', dump({ OomKillDisable: true })],
    ['C14', dump({ OomScoreAdj: -1000 })],
    ['C27', dump({}, { Healthcheck: { Test: ['CMD', 'true'] } })],
    ['C26 N02', dump({}, { Healthcheck: { Test: ['CMD-SHELL', 'node check.js'] } }, NODE)],
    ['C20', dump({ ShmSize: 67_108_864, IpcMode: 'private' }, CHROME)],
    ['', dump({ ShmSize: 67_108_864, IpcMode: 'host' }, CHROME)],
    ['', dump({ OomKillDisable: false, OomScoreAdj: 0, MemorySwappiness: -1, KernelMemory: 0 })],
    ['', dump({ OomKillDisable: null, MemorySwappiness: null })],
    ['', dump({}, { Healthcheck: { Test: ['NONE'] } })],
    // Of Podman: 65536k, and its own spelling.
    [
      '',
      dump({ Memory: 134_217_728, ShmSize: 65_536_000 }, { HealthCheck: { Test: ['CMD', 'a'] } }),
    ],
  ])('is judged by %s, as it runs: %s', (rules, text) => {
    const ids = found(judged('dump.json', text)).map(ruleOf)
    expect(ids.toSorted().join(' ')).toBe(rules)
  })

  it.each(['podman/inspect-mixed.json', 'podman/inspect-oom.json', 'docker/inspect-api.json'])(
    'of any engine is read: %s',
    (path) => {
      expect(judged(path, recorded(path))).toMatchObject({ problems: [], files: [{}] })
    },
  )
})
