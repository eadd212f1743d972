import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MIB } from '../model/bytes.ts'
import type { Platform } from '../model/subject.ts'
import {
  cgroupState,
  containerState,
  incident,
  judgement,
  oomReport,
  podContainer,
  podState,
  seen,
  task,
} from '../../test/support/incident.ts'
import type { PodContainer, PodState } from '../model/cluster.ts'
import type { ContainerState } from '../model/facts.ts'
import type { Incident } from '../verdict/incident.ts'
import { groupCommands, nextLimitBytes, setLimitCommands } from './limits.ts'
import { quote } from './shell.ts'

const TO = 256 * MIB

function on(platform: Platform, name: string | null, change: Partial<Incident> = {}): Incident {
  return incident({ subject: { platform, name, id: null, image: null }, ...change })
}

function runs(about: Incident, bytes = TO): readonly string[] {
  return setLimitCommands(about, bytes).map(({ for: platform, run }) => `${platform}: ${run}`)
}

function container(change: Partial<ContainerState>): Partial<Incident> {
  return { container: seen(containerState(change)) }
}

describe('containers of Docker and Podman', () => {
  test.each(['docker', 'podman'] as const)('%s', (engine) => {
    expect(runs(on(engine, 'web'))).toEqual([
      `${engine}: ${engine} update --memory 256m --memory-swap 512m web`,
      'compose: services: { web: { mem_limit: 256m } }',
    ])
  })

  test('a container without swap gets none by a higher limit', () => {
    const none = container({ memoryLimitBytes: 100 * MIB, memorySwapBytes: 100 * MIB })
    expect(runs(on('docker', 'web', none))).toEqual([
      'docker: docker update --memory 256m --memory-swap 256m web',
      'compose: services: { web: { mem_limit: 256m, memswap_limit: 256m } }',
    ])
  })

  test('unlimited swap stays unlimited', () => {
    const unlimited = container({ memorySwapUnlimited: true })
    expect(runs(on('podman', 'web', unlimited))).toEqual([
      'podman: podman update --memory 256m --memory-swap -1 web',
      'compose: services: { web: { mem_limit: 256m, memswap_limit: -1 } }',
    ])
  })

  test('an amount of swap that somebody chose is kept', () => {
    const chosen = container({ memoryLimitBytes: 100 * MIB, memorySwapBytes: 130 * MIB })
    expect(runs(on('docker', 'web', chosen))[0]).toContain('--memory-swap 286m ')
  })

  test('the engines’ default of twice the limit stays the default', () => {
    const twice = container({ memoryLimitBytes: 100 * MIB, memorySwapBytes: 200 * MIB })
    expect(runs(on('docker', 'web', twice))).toEqual(runs(on('docker', 'web')))
  })

  test('where only the kernel spoke, its v1 counters tell the swap', () => {
    const memory = { usageBytes: 100 * MIB, limitBytes: 100 * MIB, failcnt: 1 }
    const report = (memorySwap: typeof memory, path: string) => ({
      path,
      reports: [seen(oomReport({ oomMemcg: path, taskMemcg: path, memory, memorySwap }))],
    })
    expect(runs(on('docker', 'web', report(memory, '/docker/a')))[0]).toContain(
      '--memory-swap 256m ',
    )
  })
})

describe('Kubernetes', () => {
  const inPod = (
    role: PodContainer['role'],
    qosClass: PodState['qosClass'] = 'Burstable',
  ): Incident =>
    on('kubernetes', 'shop/cart-0/app', {
      pod: seen(podState({ qosClass })),
      podContainer: podContainer({ role }),
    })

  test('a running container is resized in place, its owner for good', () => {
    expect(runs(inPod('main'))).toEqual([
      `kubernetes: kubectl -n shop patch pod cart-0 --subresource resize --patch '{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"256Mi"}}}]}}'`,
      'kubernetes: kubectl -n shop set resources deployment DEPLOYMENT -c app --limits=memory=256Mi',
    ])
  })

  test('an init container that has run cannot be resized', () => {
    expect(runs(inPod('init'))).toEqual([
      'kubernetes: kubectl -n shop set resources deployment DEPLOYMENT -c app --limits=memory=256Mi',
    ])
  })

  test('a sidecar stands among the init containers', () => {
    const [resize] = runs(inPod('sidecar'))
    expect(resize).toContain('{"spec":{"initContainers":[{"name":"app"')
    expect(resize).toContain('--subresource resize')
  })

  test('an ephemeral container has no limit to raise', () => {
    expect(runs(inPod('ephemeral'))).toEqual([])
  })

  test('a Guaranteed pod keeps its class: requests go up with the limits', () => {
    const [resize, owner] = runs(inPod('main', 'Guaranteed'))
    expect(resize).toContain(
      '"resources":{"requests":{"memory":"256Mi"},"limits":{"memory":"256Mi"}}',
    )
    expect(owner).toMatch(/ --requests=memory=256Mi --limits=memory=256Mi$/)
  })

  test('a pod without a name gets placeholders', () => {
    expect(runs(on('kubernetes', null))[1]).toBe(
      'kubernetes: kubectl -n NAMESPACE set resources deployment DEPLOYMENT -c CONTAINER --limits=memory=256Mi',
    )
  })
})

describe('Marathon', () => {
  test('names the app', () => {
    expect(runs(on('marathon', '/batch/eater'))).toEqual([
      'marathon: dcos marathon app update /batch/eater mem=224',
    ])
  })

  test('a task id is no app', () => {
    expect(runs(on('marathon', '2f7b8f3c-1d52'))).toEqual([
      'marathon: dcos marathon app update APP mem=224',
    ])
  })
})

describe('groups', () => {
  const group = (path: string, version: 1 | 2, change = {}): Incident =>
    on('cgroup', path, {
      path,
      reports: [],
      groups: {
        own: seen(cgroupState({ path, version, ...change })),
        ancestors: [],
        nested: [],
      },
    })

  test('a unit of systemd is told to systemd, and its file beside it', () => {
    expect(runs(group('/system.slice/web.service', 2))).toEqual([
      'systemd: systemctl set-property web.service MemoryMax=256M',
      'host: echo 268435456 > /sys/fs/cgroup/system.slice/web.service/memory.max',
    ])
  })

  test('on v1 the file has its old name', () => {
    expect(runs(group('/batch', 1))).toEqual([
      'host: echo 268435456 > /sys/fs/cgroup/memory/batch/memory.limit_in_bytes',
    ])
  })

  test('on v1 memory and swap together go first, by as much as there was swap', () => {
    const limits = { limitBytes: 100 * MIB, swapLimitBytes: 150 * MIB }
    expect(runs(group('/batch', 1, limits))).toEqual([
      `host: echo ${306 * MIB} > /sys/fs/cgroup/memory/batch/memory.memsw.limit_in_bytes`,
      'host: echo 268435456 > /sys/fs/cgroup/memory/batch/memory.limit_in_bytes',
    ])
  })

  test('a kernel log that counts memory and swap together is one of v1', () => {
    const line = { usageBytes: 100 * MIB, limitBytes: 100 * MIB, failcnt: 1 }
    const report = oomReport({ oomMemcg: '/batch', memory: line, memorySwap: line })
    const about = on('cgroup', '/batch', { path: '/batch', reports: [seen(report)] })
    expect(runs(about)).toEqual([
      'host: echo 268435456 > /sys/fs/cgroup/memory/batch/memory.memsw.limit_in_bytes',
      'host: echo 268435456 > /sys/fs/cgroup/memory/batch/memory.limit_in_bytes',
    ])
  })

  test('the root has no limit, and a pod’s group belongs to the kubelet', () => {
    const pod = '/kubepods.slice/kubepods-pod3f0e6a34_1c1f_4d5e_9a63_0b6f3c8d2a11.slice'
    expect(groupCommands(incident(), '/', TO)).toEqual([])
    expect(groupCommands(incident(), null, TO)).toEqual([])
    expect(groupCommands(incident(), pod, TO)).toEqual([])
    expect(groupCommands(incident(), '/pods', TO)).not.toEqual([])
  })
})

const HOSTILE = [
  "a'; id; '",
  '$(id)',
  '`id`',
  'two words',
  'new\nline',
  '"quoted"',
  'back\\slash',
  '*',
  '~',
  '> /dev/null',
  '# no comment',
  'ümläut',
]

describe('names that want to be commands', () => {
  /** The words that a program would get. */
  const wordsOf = (run: string): readonly string[] => {
    const print = `() { printf '%s\\0' "$@"; }`
    const programs = ['docker', 'podman', 'kubectl', 'dcos', 'systemctl']
    const script = `${programs.map((name) => `${name}${print}`).join('\n')}\n${run}`
    return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
  }

  test.each(HOSTILE)('%j stays one word', (name) => {
    for (const platform of ['docker', 'podman'] as const) {
      const [update, compose] = setLimitCommands(on(platform, name), TO)
      expect(wordsOf(update?.run ?? '').at(-1)).toBe(name)
      expect(compose?.run).toBe('services: { SERVICE: { mem_limit: 256m } }')
    }
    const app = `/${name}`
    const [marathon] = setLimitCommands(on('marathon', app), TO)
    expect(wordsOf(marathon?.run ?? '')).toContain(app)
  })

  test.each(HOSTILE.filter((name) => !name.includes('/')))('%j in a pod', (name) => {
    const pod = on('kubernetes', `${name}/${name}/${name}`)
    const [resize, owner] = setLimitCommands(pod, TO)
    const words = wordsOf(resize?.run ?? '')
    expect(words[1]).toBe(name)
    expect(words[4]).toBe(name)
    expect(JSON.parse(words.at(-1) ?? '')).toMatchObject({ spec: { containers: [{ name }] } })
    expect(wordsOf(owner?.run ?? '').filter((word) => word === name)).toHaveLength(2)
  })

  test.each(HOSTILE)('%j in a group’s path', (name) => {
    const path = `/x/${name.replaceAll('/', '_')}.service`
    const [systemd, host] = groupCommands(on('cgroup', path, { path }), path, TO)
    expect(wordsOf(systemd?.run ?? '')[1]).toBe(path.split('/')[2])
    const target = host?.run.replace(/^echo \d+ > /, '') ?? ''
    const printed = execFileSync('sh', ['-c', `printf %s ${target}`], { encoding: 'utf8' })
    expect(printed).toBe(`/sys/fs/cgroup${path}/memory.max`)
  })

  test('any words come out of a shell as they went in', () => {
    const word = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((text) => !text.includes('\0'))
    const odd = fc.string({
      unit: fc.constantFrom(...'\'"\\$`\n\t *?[]{}()<>|&;~#!-=a'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(fc.array(fc.oneof(word, odd), { minLength: 1, maxLength: 20 }), (words) => {
        const script = `printf '%s\\0' ${words.map(quote).join(' ')}`
        const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
        expect(printed.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 60 },
    )
  })

  test('plain names stay readable', () => {
    expect(quote('shop-web_1.2')).toBe('shop-web_1.2')
    expect(quote('')).toBe("''")
  })
})

describe('the next limit', () => {
  const next = (limitBytes: number | null, usageBytes: number | null, swapBytes = 0) =>
    nextLimitBytes(
      incident(),
      judgement([], {
        binding: {
          scope: 'container',
          path: null,
          limitBytes,
          usageBytes,
          hostAvailableBytes: null,
        },
        victims: [{ ...task(1, 'app', 10), swapBytes }],
      }),
    )

  test('twice the present one, in steps of 16 MiB, with what had gone to swap', () => {
    expect(next(256 * MIB, 256 * MIB)).toBe(512 * MIB)
    expect(next(257 * MIB, 257 * MIB)).toBe(528 * MIB)
    expect(next(256 * MIB, 256 * MIB, 1)).toBe(528 * MIB)
  })

  test('a small one goes up by 100 MiB at least', () => {
    expect(next(32 * MIB, 32 * MIB)).toBe(144 * MIB)
  })

  test('a limit that was lowered has to get back above what was in use', () => {
    expect(next(32 * MIB, 256 * MIB)).toBe(256 * MIB)
  })

  test('an unknown limit has no double', () => {
    expect(next(null, 128 * MIB)).toBeNull()
  })

  test('is always more than the limit, never less than the usage, and a whole number of steps', () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 45 })
    fc.assert(
      fc.property(bytes, bytes, fc.nat({ max: 2 ** 31 }), (limit, usage, swap) => {
        const found = next(limit, usage, swap) ?? 0
        expect(found).toBeGreaterThan(limit)
        expect(found).toBeGreaterThanOrEqual(usage + swap)
        expect(found % (16 * MIB)).toBe(0)
        expect(found).toBeLessThanOrEqual(
          Math.max(2 * limit, limit + 100 * MIB, usage) + swap + 16 * MIB,
        )
      }),
    )
  })

  test('a higher limit never leads to a lower step', () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 45 })
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [less, more] = [next(Math.min(a, b), null), next(Math.max(a, b), null)]
        expect(less ?? 0).toBeLessThanOrEqual(more ?? 0)
      }),
    )
  })
})
