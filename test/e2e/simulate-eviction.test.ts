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

  test('a file that is not there is out of reach, a folder in its place is a wrong call', async () => {
    const missing = await stella(['simulate', 'eviction', '--from', '/does/not/exist'])
    expect(missing).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /^stella: \/does\/not\/exist: there is no such file or folder; name a file/,
      ),
    })
    const isFolder = await stella(['simulate', 'eviction', '--from', folder])
    expect(isFolder).toMatchObject({
      code: 2,
      err: expect.stringMatching(/: is a folder, and no file; name a file that exists, or/),
    })
    expect(await stella(['simulate', 'eviction'])).toMatchObject({ code: 2 })
  })
})

describe('what if', () => {
  const tried = async (...args: string[]) =>
    stella(['simulate', 'eviction', '--from', '-', ...args], { stdin: JSON.stringify(PODS) })

  test('a pod were more important: the order before and after', async () => {
    const { out, code } = await tried('--set-priority', 'batch=200', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      order: ['web', 'batch', 'db'],
      whatIf: {
        pods: [{ name: 'batch', from: { priority: 0, place: 1 }, to: { priority: 200, place: 2 } }],
        orderBefore: ['batch', 'web', 'db'],
      },
    })
    const text = await tried('--set-priority', 'batch=200')
    expect(text.out).toMatch(/^web would be evicted first instead of batch: /)
    expect(text.out).toContain('With priority 200 instead of 0, batch is number 2 instead of 1.')
  })

  test('it requested what it uses', async () => {
    const { out } = await tried('--set-request', 'batch=1300Mi')
    expect(out).toMatch(/^web would be evicted first instead of batch: /)
    expect(out).toMatch(
      /With a request of 1\.27 GiB instead of 1 GiB, batch is number 2 instead of 1\./,
    )
  })

  test('nothing is tried out unless it is asked for', async () => {
    expect(JSON.parse((await tried('--json')).out)).toMatchObject({ whatIf: null, signals: [] })
  })

  test.each([
    [['--set-priority', 'cart=1'], "no pod 'cart' is among those of the node"],
    [['--set-request', 'cart=1Gi'], "no pod 'cart' is among those of the node"],
    [['--set-priority', 'web=high'], "'high' is no priority"],
    [['--set-priority', '=5'], 'names no pod'],
    [['--set-request', 'web'], 'names no pod'],
    [['--set-request', 'web=1XB'], '1XB'],
    [['--eviction-hard', '5Mi'], 'nothing tells what the node has available'],
    [['--eviction-hard', '500%'], 'is not a percentage'],
  ])('%j is a wrong call', async (args, says) => {
    const { code, err } = await tried(...args)
    expect(code).toBe(2)
    expect(err).toContain(args[0])
    expect(err).toContain(says)
  })
})

describe('a node and its threshold', () => {
  const RECORDED = 'fixtures/kubernetes/v1.34/eviction'
  const files = ['pod-neighbour.json', 'node.json', 'stats-summary.json']
  const judged = async (...args: string[]) =>
    stella([
      'simulate',
      'eviction',
      ...files.flatMap((name) => ['--from', `${RECORDED}/${name}`]),
      ...args,
    ])

  test('is told by the summary of its kubelet, with the working sets of its pods', async () => {
    const { out, code } = await judged()
    expect(code).toBe(0)
    expect(out.replace(/\s+/g, ' ')).toContain(
      'memory.available is 12.5 GiB (13447270400 bytes): the 23.5 GiB that the machine has, less a working set of 11 GiB. The threshold is 100 MiB, unless the kubelet was told another one.',
    )
    expect(out).toContain('So nothing is evicted now.')
  })

  test('as the kubelet was told it, in its own words', async () => {
    const { out } = await judged('--eviction-hard', 'memory.available<60%', '--json')
    expect(JSON.parse(out)).toMatchObject({
      // Of the pod as a whole: its container has 20.3 MiB, and what holds it together the rest.
      pods: [{ usageBytes: 21_491_712 }],
      signals: [{ name: 'memory.available', isMet: true }, { isMet: false }],
      evictedNow: ['eviction/neighbour'],
    })
    const text = await judged('--eviction-hard', '60%')
    expect(text.out.replace(/\s+/g, ' ')).toContain(
      'So the kubelet evicts now: eviction/neighbour would go until the threshold is left behind.',
    )
  })
})
