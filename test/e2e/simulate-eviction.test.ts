import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { stella } from '../support/command-line.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stella-simulate-eviction-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const PODS = {
  pods: [
    { name: 'web', requestBytes: 512 * MIB, usageBytes: 700 * MIB, priority: 100 },
    { name: 'batch', requestBytes: 1024 * MIB, usageBytes: 1229 * MIB, priority: 0 },
    { name: 'db', requestBytes: 2048 * MIB, usageBytes: 1900 * MIB, priority: 0 },
  ],
}

describe('a file of pods', () => {
  test('leads to the order, with what decides it', async () => {
    const { out, code } = await stella([
      'simulate',
      'eviction',
      '--from',
      await file('pods.json', PODS),
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      schema: 'stella.simulate-eviction/1',
      order: ['batch', 'web', 'db'],
      skipped: [],
      pods: [
        {
          name: 'batch',
          exceedsRequest: true,
          overshootBytes: 205 * MIB,
          qosClass: 'Burstable',
          oomScoreAdj: null,
        },
        { name: 'web', exceedsRequest: true },
        { name: 'db', exceedsRequest: false, overshootBytes: -148 * MIB },
      ],
      changes: [
        { pod: 'batch', change: 'request', toBytes: 1229 * MIB, place: 2 },
        { pod: 'batch', change: 'priority', to: 101, place: 2 },
      ],
      nodeCapacityBytes: null,
    })
  })

  test('from standard input, for people', async () => {
    const stdin = JSON.stringify({ ...PODS, nodeCapacityBytes: 8192 * MIB })
    const { out } = await stella(['simulate', 'eviction', '--from', '-'], { stdin })
    expect(out.split('\n')[0]).toBe(
      'batch would be evicted first: it uses 205 MiB more than it requested, priority 0.',
    )
    expect(out).toMatch(/^1 +batch +1\.2 GiB +1 GiB +\+205 MiB +0 +Burstable +875$/m)
    expect(out).toMatch(/^3 +db +1\.86 GiB +2 GiB +-148 MiB +0 +Burstable +750$/m)
    expect(out).toContain('With priority 101, batch would be number 2.')
    const quiet = await stella(['simulate', 'eviction', '--from', '-', '--quiet'], { stdin })
    expect(quiet.out.split('\n')).toEqual([out.split('\n')[0], ''])
  })

  test('may leave out priority, and say that the kubelet has no figures', async () => {
    const stdin = JSON.stringify({
      pods: [
        { name: 'b', requestBytes: 1, usageBytes: 2 },
        { name: 'a', requestBytes: 1, usageBytes: 5, hasStats: false },
        { name: 'c', requestBytes: 1, usageBytes: null },
      ],
    })
    const { out } = await stella(['simulate', 'eviction', '--from', '-', '--json'], { stdin })
    expect(JSON.parse(out).order).toEqual(['a', 'c', 'b'])
  })

  test('keeps critical pods in their place and names them as passed over', async () => {
    const stdin = JSON.stringify({
      pods: [
        ...PODS.pods,
        { name: 'proxy', requestBytes: 0, usageBytes: 9, priority: 2_000_001_000 },
      ],
    })
    const { out } = await stella(['simulate', 'eviction', '--from', '-', '--json'], { stdin })
    expect(JSON.parse(out)).toMatchObject({
      order: ['batch', 'web', 'proxy', 'db'],
      skipped: ['proxy'],
    })
    const only = JSON.stringify({
      pods: [{ name: 'p', requestBytes: 0, usageBytes: 9, static: true }],
    })
    const all = await stella(['simulate', 'eviction', '--from', '-'], { stdin: only })
    expect(all.out).toMatch(/^Nothing can be evicted/)
  })
})

describe('what kubectl prints', () => {
  const pod = (name: string, node: string, request: string) => ({
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: {
      nodeName: node,
      containers: [{ name: 'app', resources: { requests: { memory: request } } }],
    },
  })
  const list = {
    kind: 'List',
    items: [pod('a', 'n1', '64Mi'), pod('b', 'n1', '256Mi'), pod('c', 'n2', '1Mi')],
  }
  const top =
    'NAMESPACE   NAME   CPU(cores)   MEMORY(bytes)\nshop        a      1m           128Mi\nshop        b      1m           128Mi\n'
  const node = { kind: 'Node', metadata: { name: 'n1' }, status: { capacity: { memory: '1Gi' } } }

  test('is joined for one node', async () => {
    const paths = [
      await file('list.json', list),
      await file('top.txt', top),
      await file('node.json', node),
    ]
    const from = paths.flatMap((path) => ['--from', path])
    const { out } = await stella(['simulate', 'eviction', ...from, '--node', 'n1', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      order: ['shop/a', 'shop/b'],
      pods: [
        { usageBytes: 128 * MIB, oomScoreAdj: [938] },
        { usageBytes: 128 * MIB, oomScoreAdj: [750] },
      ],
    })
  })

  test('of several nodes asks which', async () => {
    const answer = await stella(['simulate', 'eviction', '--from', await file('list.json', list)])
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toBe(
      'stella: the pods live on 2 nodes (n1, n2); pressure is of one node: choose it with --node\n',
    )
  })

  test('without usage does not decide', async () => {
    const from = await file('list.json', list)
    const answer = await stella(['simulate', 'eviction', '--from', from, '--node', 'n1'])
    expect(answer).toMatchObject({ code: 4, out: '' })
    expect(answer.err).toMatch(
      /^stella: nothing says how much memory the pods use; add the text of/,
    )
  })

  test('of a node without pods is told', async () => {
    const from = await file('list.json', list)
    const answer = await stella(['simulate', 'eviction', '--from', from, '--node', 'n9'])
    expect(answer).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^stella: --node: no pod lives on n9; /),
    })
  })
})

describe('what goes wrong names file and field', () => {
  test.each([
    [
      { pods: [{ name: 'a', requestBytes: '5Mi', usageBytes: 1 }] },
      /^stella: standard input: pods\[0\]\.requestBytes must be /,
    ],
    [
      { pods: [{ name: 'a', requestBytes: 1, usageBytes: 1 }, { requestBytes: 1 }] },
      /pods\[1\]\.name must be of type string/,
    ],
    [
      { pods: [{ name: 'a', requestBytes: -1, usageBytes: 1 }] },
      /pods\[0\]\.requestBytes is out of range/,
    ],
    [
      { pods: [{ name: 'a', requestBytes: 1.5, usageBytes: 1 }] },
      /pods\[0\]\.requestBytes must be a whole number/,
    ],
    [{ pods: [{ name: 'a', requestBytes: 1 }] }, /pods\[0\]\.usageBytes is missing; /],
    [
      { pods: [{ name: 'a', requestBytes: 1, usageBytes: 1, priority: 'high' }] },
      /pods\[0\]\.priority must be /,
    ],
    [{ pods: [] }, /pods is out of range/],
    [{ pods: {} }, /pods must be of type array/],
    ['{"pods": [', /standard input: is not JSON \(/],
    ['hello', /standard input: holds neither pods nor nodes; /],
  ])('%j', async (content, line) => {
    const stdin = typeof content === 'string' ? content : JSON.stringify(content)
    const answer = await stella(['simulate', 'eviction', '--from', '-'], { stdin })
    expect(answer).toEqual({ code: 2, out: '', err: expect.stringMatching(line) })
    expect(answer.err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('a file that is not there is a wrong call, one that cannot be read is out of reach', async () => {
    const missing = await stella(['simulate', 'eviction', '--from', '/does/not/exist'])
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^stella: \/does\/not\/exist: there is no such file; name a file/),
    })
    const isFolder = await stella(['simulate', 'eviction', '--from', folder])
    expect(isFolder).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /: cannot be read \(EISDIR\); check the path and its permissions\n$/,
      ),
    })
    expect(await stella(['simulate', 'eviction'])).toMatchObject({ code: 2 })
  })
})
