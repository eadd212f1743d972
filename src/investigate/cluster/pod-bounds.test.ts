import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../test/support/api-server.ts'
import type { ApiServer } from '../../../test/support/api-server.ts'
import { stella } from '../../../test/support/command-line.ts'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeReader } from '../../../test/support/fake-reader.ts'
import type { Reader } from '../../sources/reader.ts'
import { billFrom } from '../bill.ts'
import { collectBill } from '../collect-bill.ts'
import { collectSizing } from '../collect-sizing.ts'

// Recorded from a kubelet on cgroup v2 with LimitedSwap and MemoryQoS: request 1 MiB, limit 64 MiB, 1 GiB of swap.
const SCENE = new URL('../../../fixtures/kubernetes/v1.34-cgroup2/throttled/', import.meta.url)
const recorded = (name: string): string => readFileSync(new URL(name, SCENE), 'utf8')
const PATH = recorded('groups/app/PATH').trim()

/** What the group had by its own files. */
const HIGH = Number(recorded('groups/app/memory.high'))
const SWAP = Number(recorded('groups/app/memory.swap.max'))
const SWAPPED = Number(recorded('groups/app/memory.swap.current'))

function cluster({ configz = true } = {}): Promise<ApiServer> {
  const pages = new Map([
    ['/api/v1/namespaces/throttled/pods/web', 'pod.json'],
    ['/proxy/metrics/cadvisor', 'cadvisor.txt'],
    ...(configz ? [['/proxy/configz', 'configz.json'] as const] : []),
  ])
  return apiServer(({ url = '' }, response) => {
    const [path = ''] = url.split('?')
    const page = [...pages].find(([end]) => path.endsWith(end))?.[1]
    if (page !== undefined) response.end(recorded(page))
    else if (/^\/api\/v1\/nodes\/[^/]+$/.test(path)) response.end(recorded('node.json'))
    else if (path === '/version') answerJson(response, 200, { major: '1', minor: '34' })
    else answerStatus(response, 403, 'User "a" cannot get resource "nodes/proxy" in API group ""')
  })
}

/** The node itself, as far as the group goes. */
function node(server: ApiServer): FakeReader {
  const files = readdirSync(new URL('groups/app/', SCENE)).filter((name) => name !== 'PATH')
  const machine = fakeReader({
    files: {
      '/proc/self/mountinfo':
        '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n',
      '/sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
      '/proc/meminfo': recorded('meminfo'),
      ...Object.fromEntries(
        files.map((name) => [`/sys/fs/cgroup${PATH}/${name}`, recorded(`groups/app/${name}`)]),
      ),
    },
  })
  return { ...machine, env: server.reader.env }
}

function run(reader: Reader, ...args: string[]) {
  const engine = {
    collectBill: (...[target, options]: Parameters<typeof collectBill>) =>
      collectBill(target, { ...options, reader, ask: false }),
    bill: billFrom,
    collectSizing: (...[target]: Parameters<typeof collectSizing>) =>
      collectSizing(target, { reader }),
  }
  return stella([...args, '--json'], { engine, now: Date.parse('2026-11-22T19:45:00Z') })
}

describe('a container with a share of swap and MemoryQoS', () => {
  it('has a bill on its node that says what was set, and by whom', async () => {
    await using server = await cluster()
    using reader = node(server)
    const { code, out } = await run(reader, 'bill', 'k8s:throttled/web/app')
    expect(code).toBe(0)
    const { bounds, limitBytes } = JSON.parse(out)
    expect(limitBytes).toBe(67_108_864)
    expect(bounds).toMatchObject([
      { name: 'slowed down above', bytes: HIGH, source: 'memory.high' },
      { name: 'swap at most', bytes: SWAP, source: 'memory.swap.max' },
    ])
    expect(bounds[0].says).toContain('MemoryQoS slows a container down above its request of 1 MiB')
    expect(bounds[1].says).toContain('LimitedSwap gives it 548 KiB: its request of 1 MiB')
  })

  it('tells what was set, but not by whom, where the kubelet may not be asked', async () => {
    await using server = await cluster({ configz: false })
    using reader = node(server)
    const bill = JSON.parse((await run(reader, 'bill', 'k8s:throttled/web/app')).out)
    expect(bill.bounds.map(({ bytes }: { bytes: number }) => bytes)).toEqual([HIGH, SWAP])
    expect(JSON.stringify(bill.bounds)).not.toContain('kubelet')
    expect(bill.unknown.join('\n')).toMatch(
      /configuration of the kubelet of \S+: a right is missing/,
    )
  })

  it('has its share of swap from afar, too', async () => {
    await using server = await cluster()
    const reader = { ...server.reader, root: '/nonexistent' }
    const bill = JSON.parse((await run(reader, 'bill', 'k8s:throttled/web/app')).out)
    expect(bill.bounds).toMatchObject([
      { name: 'swap at most', bytes: SWAP, source: 'container_spec_memory_swap_limit_bytes' },
    ])
  })

  it('is sized with what it has in swap, and with nothing off for what could go there', async () => {
    await using server = await cluster()
    using here = node(server)
    const elsewhere = { ...server.reader, root: '/nonexistent' }
    for (const reader of [here, elsewhere]) {
      const { code, out } = await run(reader, 'size', 'k8s:throttled/web/app')
      expect(code).toBe(0)
      const { because, limitBytes } = JSON.parse(out)
      expect(because.join(' ')).toContain('548 KiB of swap beside the limit')
      expect(because.join(' ')).toContain('nothing was taken off for it')
      expect(limitBytes).toBeGreaterThan(67_108_864 + SWAPPED)
    }
  })
})
