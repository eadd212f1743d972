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

  it.each(['podman/inspect-mixed.json', 'podman/inspect-oom.json', 'docker/inspect-api.json'])(
    'of any engine is read: %s',
    (path) => {
      expect(judged(path, recorded(path))).toMatchObject({ problems: [], files: [{}] })
    },
  )
})
