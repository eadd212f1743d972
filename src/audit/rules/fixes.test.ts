import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audit, UNKNOWN_HOST } from '../engine.ts'
import { mend } from '../mend.ts'
import { inStyle, STYLES, type Tree } from '../../../test/support/yaml-styles.ts'

/** A file in which one rule finds one thing, and the same file as it is meant to be. */
interface Row {
  rule: string
  path: string
  /** The file with a piece in its place. */
  tree(piece: string, key?: string): Tree
  before: string
  after: string
  /** Without quotes YAML would read it as a number. */
  isQuoted?: true
  /** Of the piece. */
  key?: { before: string; after: string }
}

const pod = (container: { [name: string]: Tree }): Tree => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1', ...container }] },
})

const service = (lines: { [name: string]: Tree }): Tree => ({
  services: { web: { image: 'registry.example.com/web:1', ...lines } },
})

const inPod = (rule: string, before: string, after: string, key: 'requests' | 'limits'): Row => ({
  rule,
  path: 'pod.yaml',
  tree: (piece) =>
    pod({
      resources: {
        requests: { cpu: '100m', memory: key === 'requests' ? { piece } : '200Mi' },
        limits: { memory: key === 'limits' ? { piece } : '512Mi' },
      },
    }),
  before,
  after,
})

const inService = (
  rule: string,
  [before, after]: readonly [string, string],
  tree: Row['tree'],
  key?: Row['key'],
): Row => ({ rule, path: 'compose.yaml', tree, before, after, ...(key && { key }) })

/** A variable in each of the forms it can be written in. */
const inEnvironment = (
  rule: string,
  name: string,
  [before, after]: readonly [string, string],
  limit: string,
): Row[] => [
  inService(rule, [before, after], (piece) =>
    service({ environment: { LANG: 'C', [name]: { piece } }, mem_limit: limit }),
  ),
  inService(rule, [`${name}=${before}`, `${name}=${after}`], (piece) =>
    service({ environment: ['LANG=C', { piece }], mem_limit: limit }),
  ),
  {
    rule,
    path: 'pod.yaml',
    tree: (piece) =>
      pod({
        resources: {
          requests: { cpu: '100m', memory: `${limit.toUpperCase()}i` },
          limits: { memory: `${limit.toUpperCase()}i` },
        },
        env: [
          { name: 'LANG', value: 'C' },
          { name, value: { piece } },
        ],
      }),
    before,
    after,
  },
]

const OLD = '-XX:+UseCGroupMemoryLimitForHeap'
const SHARE = '-XX:MaxRAMPercentage=70'

const ROWS: readonly Row[] = [
  inPod('K01', '300m', '300Mi', 'requests'),
  inPod('K01', '512m', '512Mi', 'limits'),
  inPod('K03', '512MiB', '512Mi', 'limits'),
  inPod('K03', '300mb', '300Mi', 'requests'),
  inPod('K04', '300M', '300Mi', 'requests'),
  inPod('K04', '600M', '600Mi', 'limits'),
  inService('C02', ['256m', '512m'], (piece) =>
    service({ mem_limit: { piece }, deploy: { resources: { limits: { memory: '512m' } } } }),
  ),
  inService('C04', ['0', '512m'], (piece) =>
    service({ mem_limit: '512m', memswap_limit: { piece } }),
  ),
  inService(
    'C10',
    ['0', '512m'],
    (piece, key = 'mem_swappiness') => service({ mem_limit: '512m', [key]: { piece } }),
    { before: 'mem_swappiness', after: 'memswap_limit' },
  ),
  inService('C16', ['512Mi', '512m'], (piece) => service({ mem_limit: { piece } })),
  inService('C16', ['1.5Gi', '1.5g'], (piece) =>
    service({ deploy: { resources: { limits: { memory: { piece } } } } }),
  ),
  ...inEnvironment('J05', 'JAVA_TOOL_OPTIONS', [SHARE, `${SHARE} -XX:MinRAMPercentage=70`], '200m'),
  ...inEnvironment('J08', 'JAVA_TOOL_OPTIONS', [`-Xmx600m ${SHARE}`, '-Xmx600m'], '1g'),
  ...inEnvironment('J08', 'JAVA_OPTS', [`${SHARE} -Xmx600m`, '-Xmx600m'], '1g'),
  ...inEnvironment('J09', 'JAVA_TOOL_OPTIONS', [`-Xmx600m ${OLD}`, '-Xmx600m'], '1g'),
  ...inEnvironment('J09', 'JAVA_OPTS', ['-XX:MaxRAMFraction=2', '-XX:MaxRAMPercentage=50'], '1g'),
  ...inEnvironment(
    'N02',
    'NODE_OPTIONS',
    ['--max-old-space-size=2048', '--max-old-space-size=384'],
    '512m',
  ),
  ...inEnvironment('G02', 'GOMEMLIMIT', ['512MiB', '460MiB'], '512m'),
  ...inEnvironment('G04', 'GOMEMLIMIT', ['460Mi', '460MiB'], '512m'),
  ...[
    ...inEnvironment('D01', 'DOTNET_GCHeapHardLimit', ['200000000', '0xBEBC200'], '512m'),
    ...inEnvironment('D02', 'DOTNET_GCHeapHardLimitPercent', ['75', '0x4B'], '512m'),
  ].map((row): Row => (row.before.includes('=') ? row : { ...row, isQuoted: true })),
]

const inputOf = (path: string, text: string): Parameters<typeof mend>[0][number] => ({
  file: { path, text },
  variables: new Map(),
  isNamed: true,
})

function mended(path: string, text: string): string {
  const [input] = mend([inputOf(path, text)], UNKNOWN_HOST)
  return input?.after.file.text ?? ''
}

function rulesIn(path: string, text: string): string[] {
  const { findings, problems } = audit([inputOf(path, text)])
  expect(problems.map(({ what }) => what)).toEqual([])
  return findings.map(({ rule }) => rule.id)
}

describe.each(ROWS)('what mends $rule in $path: $before', (row) => {
  it('puts the right thing in its place, whatever the style, and keeps every other byte', () => {
    fc.assert(
      fc.property(STYLES, (style) => {
        const text = inStyle(row.tree(row.before, row.key?.before), style)
        expect(rulesIn(row.path, text)).toContain(row.rule)
        const after = mended(row.path, text)
        const quote = row.isQuoted === true && style.quote === '' ? '"' : style.quote
        expect(after).toBe(inStyle(row.tree(row.after, row.key?.after), { ...style, quote }))
        expect(rulesIn(row.path, after)).not.toContain(row.rule)
        expect(mended(row.path, after)).toBe(after)
      }),
      { numRuns: 60 },
    )
  })
})

describe.each([
  [
    'a Compose file with variables',
    (piece: string) =>
      service({ command: { piece }, environment: { LANG: 'C' }, mem_limit: '256m' }),
  ],
  [
    'a Compose file with a list of variables',
    (piece: string) => service({ command: { piece }, environment: ['LANG=C'], mem_limit: '256m' }),
  ],
  ['a Compose file without', (piece: string) => service({ command: { piece }, mem_limit: '256m' })],
  [
    'a pod with variables',
    (piece: string) =>
      pod({
        command: ['node', { piece }],
        env: [{ name: 'LANG', value: 'C' }],
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } },
      }),
  ],
  [
    'a pod without',
    (piece: string) =>
      pod({
        command: ['node', { piece }],
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } },
      }),
  ],
] as const)('what mends N01 in %s', (name, tree) => {
  const path = name.startsWith('a pod') ? 'pod.yaml' : 'compose.yaml'
  const piece = path === 'pod.yaml' ? 'server.js' : 'node server.js'

  it('adds one variable in lines of its own, and keeps every byte that was there', () => {
    fc.assert(
      fc.property(
        STYLES.filter(({ isFlow }) => !isFlow),
        (style) => {
          const text = inStyle(tree(piece), style)
          expect(rulesIn(path, text)).toEqual(['N01'])
          const after = mended(path, text)
          expect(rulesIn(path, after)).toEqual([])
          const added = insertedInto(text, after)
          expect(added).toContain('NODE_OPTIONS')
          expect(added).toContain('--max-old-space-size=179')
          expect(added?.replaceAll('\r\n', '\n').includes('\r')).toBe(false)
          expect(added?.includes('\r\n')).toBe(style.newline === '\r\n')
          expect(mended(path, after)).toBe(after)
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** What was put in, where nothing else is different; null where something is. */
function insertedInto(before: string, after: string): string | null {
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  const length = after.length - before.length
  return before.slice(start) === after.slice(start + length)
    ? after.slice(start, start + length)
    : null
}

describe('lines that several containers share', () => {
  const NODE = 'image: node:24'
  const twice = (shared: string, one: string, other: string): string =>
    `${shared}services:\n  a:\n    mem_limit: 256m\n    ${one}\n  b:\n    mem_limit: 4g\n    ${other}\n`

  it.each([
    [
      'variables behind an alias',
      twice(
        'x-env: &env\n  LANG: C\n',
        `${NODE}\n    environment: *env`,
        `${NODE}\n    environment: *env`,
      ),
    ],
    [
      'an alias of variables of another service',
      twice('', `${NODE}\n    environment: &env\n      LANG: C`, `${NODE}\n    environment: *env`),
    ],
    ['a merged base', twice(`x-base: &base\n  ${NODE}\n`, '<<: *base', '<<: *base')],
    [
      'a merged base with variables',
      twice(`x-base: &base\n  ${NODE}\n  environment:\n    LANG: C\n`, '<<: *base', '<<: *base'),
    ],
    ['a service that another is made of', twice('', NODE, 'extends: a')],
    [
      'the option of both',
      twice(
        'x-env: &env\n  NODE_OPTIONS: --max-old-space-size=3000\n',
        `${NODE}\n    environment: *env`,
        `${NODE}\n    environment: *env`,
      ),
    ],
    [
      'GOMEMLIMIT of both',
      twice('x-env: &env {GOMEMLIMIT: 3GiB}\n', 'environment: *env', 'environment: *env'),
    ],
    [
      'memory and swap of both',
      twice('', 'image: a\n    memswap_limit: &swap 0', 'image: a\n    memswap_limit: *swap'),
    ],
    [
      'a number that stands for something else as well',
      'services:\n  a:\n    image: a\n    mem_limit: 512m\n    cpus: &zero 0\n    memswap_limit: *zero\n',
    ],
  ])('are not mended for one at the cost of another: %s', (_, text) => {
    expect(rulesIn('compose.yaml', text)).not.toEqual([])
    expect(mended('compose.yaml', text)).toBe(text)
  })

  it('are mended where the same limit holds for all', () => {
    const base = 'x-base: &base\n  image: a\n  mem_limit: 512m\n  environment:\n    GOMEMLIMIT: '
    const services = '\nservices:\n  a:\n    <<: *base\n  b:\n    <<: *base\n'
    const text = `${base}512MiB${services}`
    expect(mended('compose.yaml', text)).toBe(`${base}460MiB${services}`)
  })
})

describe('JSON stays JSON', () => {
  const web = (lines: object): object => ({ services: { web: { image: 'node:24', ...lines } } })
  const limits = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } }

  it.each([
    ['N01', pod({ image: 'node:24', resources: limits })],
    ['N01', web({ mem_limit: '256m', environment: { LANG: 'C' } })],
    ['C04', web({ mem_limit: '512m', memswap_limit: 0 })],
    ['C10', web({ mem_limit: '512m', mem_swappiness: 0 })],
    ['C16', web({ mem_limit: '512Mi' })],
    ['D01', web({ mem_limit: '512m', environment: { DOTNET_GCHeapHardLimit: 200000000 } })],
    ['D02', web({ mem_limit: '512m', environment: { DOTNET_GCHeapHardLimitPercent: 75 } })],
    ['G02', web({ mem_limit: '512m', environment: { GOMEMLIMIT: 536870912 } })],
    ['J08', pod({ command: ['java', '-Xmx100m', SHARE, '-jar', 'a.jar'], resources: limits })],
    ['J09', pod({ command: ['java', '-Xmx100m', OLD, '-jar', 'a.jar'], resources: limits })],
  ])('where %s is mended', (rule, document) => {
    for (const text of [JSON.stringify(document), JSON.stringify(document, null, 2)]) {
      expect(rulesIn('a.json', text)).toContain(rule)
      const after = mended('a.json', text)
      expect(() => JSON.parse(after)).not.toThrow()
      expect(after === text || !rulesIn('a.json', after).includes(rule)).toBe(true)
    }
  })
})

it.each(['0', '0G', '0.0M', '0%'])(
  'a limit of nothing is told, and none is made up: %s',
  (size) => {
    const text = `[Service]\nExecStart=/bin/true\nMemoryHigh=${size}\n`
    expect(rulesIn('a.service', text)).toEqual(['S01'])
    expect(mended('a.service', text)).toBe(text)
  },
)
