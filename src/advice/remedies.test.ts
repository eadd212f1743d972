import { describe, expect, test } from 'vitest'
import type { Case, CauseCode, Remedy, VerdictCode } from '../model/case.ts'
import { CAUSE_CODES, VERDICT_CODES } from '../model/case.ts'
import { GIB, MIB } from '../model/bytes.ts'
import {
  cgroupState,
  containerState,
  hostWith,
  incident,
  judgement,
  PATH,
  processState,
  seen,
} from '../../test/support/incident.ts'
import { onEveryKernel, recordedCase } from '../../test/support/recorded.ts'
import type { Judgement } from '../verdict/engine.ts'
import type { Incident } from '../verdict/incident.ts'
import { advise } from './advise.ts'
import { REMEDIES } from './remedies/index.ts'

function of(code: VerdictCode, causes: readonly CauseCode[] = [], change: Partial<Case> = {}) {
  const { verdict } = judgement()
  return judgement(causes, { verdict: { ...verdict, code }, ...change })
}

function remedy(id: string, about: Incident, judged: Judgement): Remedy | null {
  return advise(about, judged).find((one) => one.id === id) ?? null
}

function runs(found: Remedy | null): readonly string[] {
  return found?.commands.map(({ for: platform, run }) => `${platform}: ${run}`) ?? []
}

const POD = incident({
  subject: { platform: 'kubernetes', name: 'shop/cart-0/app', id: null, image: null },
})
const GROUP = incident({
  subject: { platform: 'cgroup', name: '/batch', id: '/batch', image: null },
  path: '/batch',
})

describe('each remedy is for its causes alone', () => {
  const heap = incident({
    container: seen(containerState({ command: ['java', '-Xmx512m'] })),
  })
  const causesThatBring = (id: string): readonly CauseCode[] =>
    CAUSE_CODES.filter((cause) => remedy(id, heap, of('oom-own-limit', [cause])) !== null)

  test.each([
    ['fit-heap', ['heap-over-limit']],
    ['bound-off-heap', ['off-heap']],
    ['empty-tmpfs', ['tmpfs']],
    ['free-kernel-memory', ['kernel-memory']],
    ['bound-snapshots', ['fork-copy-on-write']],
    ['fewer-workers', ['too-many-processes']],
    ['write-back-sooner', ['dirty-pages']],
    ['find-growth', ['limit-too-low', 'leak', 'unknown']],
  ])('%s: %j', (id, causes) => {
    expect(causesThatBring(id)).toEqual(causes)
  })
})

describe('each remedy is for its verdicts alone', () => {
  const verdictsThatBring = (id: string): readonly VerdictCode[] =>
    VERDICT_CODES.filter((code) => remedy(id, incident(), of(code)) !== null)

  test.each([
    ['raise-limit', ['oom-own-limit', 'hung-at-limit', 'at-risk']],
    ['raise-shared-limit', ['oom-ancestor-limit', 'oom-nested-limit']],
    ['relieve-host', ['oom-host', 'oom-panic', 'oom-userspace', 'evicted']],
    ['raise-runtime-limit', ['runtime-out-of-memory']],
    ['widen-nodes', ['oom-numa']],
    ['turn-killer-on', ['hung-at-limit']],
    ['lift-throttle', ['thrashing']],
    ['gather-evidence', ['killed-unknown']],
  ])('%s: %j', (id, verdicts) => {
    expect(verdictsThatBring(id)).toEqual(verdicts)
  })

  test('what ended in order, or by a hand, needs no remedy', () => {
    const calm = ['healthy', 'exited', 'killed-not-memory', 'crashed', 'oom-manual'] as const
    expect(calm.map((code) => advise(incident(), of(code)))).toEqual(calm.map(() => []))
  })

  test('every remedy of the list is asked for somewhere', () => {
    const all = CAUSE_CODES.flatMap((cause) =>
      VERDICT_CODES.flatMap((code) => {
        const verdict = { ...judgement().verdict, code, mainProcessDied: false }
        const about = incident({
          container: seen(containerState({ command: ['java', '-Xmx512m'] })),
        })
        return advise(about, judgement([cause], { verdict })).map(({ id }) => id)
      }),
    )
    expect(new Set(all)).toEqual(new Set(REMEDIES.map(({ id }) => id)))
  })
})

describe('what a program can set by itself', () => {
  const java = (command: string[], env: string[] = []): Incident =>
    incident({ container: seen(containerState({ command, env, memoryLimitBytes: 100 * MIB })) })
  const heap = of('oom-own-limit', ['heap-over-limit'])

  test('a flag in the environment, unless one on the command line would win', () => {
    const change = { kind: 'environment', set: { JAVA_TOOL_OPTIONS: '-Xmx70m' } }
    expect(
      remedy('fit-heap', java(['java'], ['JAVA_TOOL_OPTIONS=-Xmx512m']), heap)?.change,
    ).toEqual(change)
    expect(remedy('fit-heap', java(['java']), heap)?.change).toEqual(change)
    expect(remedy('fit-heap', java(['java', '-Xmx512m']), heap)?.change).toBeNull()
  })

  test('a limit, and settings of the kernel, as in the commands', () => {
    const raised = remedy('raise-limit', incident(), of('oom-own-limit'))
    const limit = raised?.change?.kind === 'limit' ? raised.change.limitBytes : 0
    expect(limit).toBeGreaterThan(0)
    expect(runs(raised).join(' ')).toContain(`${limit / MIB}m`)
    const sooner = remedy('write-back-sooner', incident(), of('oom-own-limit', ['dirty-pages']))
    const set = sooner?.change?.kind === 'sysctl' ? Object.entries(sooner.change.set) : []
    expect(set).toHaveLength(2)
    for (const [name, value] of set) expect(runs(sooner)[0]).toContain(`${name}=${value}`)
  })

  test('writing back begins below the limit: at an eighth of it, and never so little that all who write wait', () => {
    const settings = (limitBytes: number) => {
      const judged = of('oom-own-limit', ['dirty-pages'])
      const binding = { ...judged.binding, limitBytes }
      const sooner = remedy('write-back-sooner', incident(), { ...judged, binding })
      return sooner?.change?.kind === 'sysctl' ? sooner.change.set : null
    }
    const bytes = (background: number, most: number) => ({
      'vm.dirty_background_bytes': String(background),
      'vm.dirty_bytes': String(most),
    })
    expect(settings(64 * 1024 * MIB)).toEqual(bytes(524_288_000, 838_860_800))
    expect(settings(256 * MIB)).toEqual(bytes(20 * MIB, 32 * MIB))
    expect(settings(32 * MIB)).toEqual(bytes(10 * MIB, 16 * MIB))
  })

  test('writing back sooner comes before a limit that only wins time', () => {
    const [first] = advise(incident(), of('oom-own-limit', ['dirty-pages'])).filter(
      (one) => one.change !== null,
    )
    expect(first?.id).toBe('write-back-sooner')
  })

  test('what takes a person has none', () => {
    expect(remedy('empty-tmpfs', incident(), of('oom-own-limit', ['tmpfs']))?.change).toBeNull()
  })
})

describe('raise-limit', () => {
  const title = (...causes: CauseCode[]): string | undefined =>
    remedy('raise-limit', incident(), of('oom-own-limit', causes))?.title

  test.each(['leak', 'tmpfs', 'kernel-memory'] as const)(
    'does not pretend to cure: %s',
    (cause) => {
      expect(title('limit-too-low', cause)).toMatch(/208 MiB to win time; it does not cure/)
    },
  )

  test('does not pretend that more memory is enough for a heap that may outgrow it', () => {
    expect(title('heap-over-limit')).toMatch(/208 MiB, and keep the heap below it/)
  })

  test('leaves room for a heap that was asked for, where the machine has it', () => {
    const asked = (totalBytes: number) =>
      remedy(
        'raise-limit',
        incident({
          container: seen(containerState({ command: ['java', '-Xmx1g'] })),
          hostMemory: seen(hostWith({ totalBytes })),
        }),
        of('oom-own-limit', ['heap-over-limit']),
      )
    expect(asked(4 * GIB)).toMatchObject({
      title: expect.stringMatching(/1\.44 GiB, which holds the heap of 1 GiB that -Xmx1g allows/),
      change: { limitBytes: 1_472 * MIB },
    })
    expect(asked(GIB)?.title).toMatch(/208 MiB, and keep the heap below it/)
  })

  test('is a first step where the limit is merely too low', () => {
    expect(title('limit-too-low')).toBe(
      'Raise the limit to 208 MiB, then correct it by what the next run really uses',
    )
  })

  test('comes after what cures', () => {
    const ids = advise(incident(), of('oom-own-limit', ['tmpfs', 'leak'])).map(({ id }) => id)
    expect(ids.indexOf('empty-tmpfs')).toBeLessThan(ids.indexOf('raise-limit'))
  })

  test('says nothing where the limit is not known', () => {
    const { binding } = judgement()
    const judged = of('oom-own-limit', [], { binding: { ...binding, limitBytes: null } })
    expect(remedy('raise-limit', incident(), judged)).toBeNull()
  })
})

describe('on recorded incidents', () => {
  test.each(onEveryKernel('host'))(
    'no own limit is raised when the machine ran out: %s',
    async (fixture) => {
      const { remedies } = await recordedCase(fixture)
      expect(remedies.map(({ id }) => id)).toEqual(['relieve-host'])
    },
  )

  test.each(onEveryKernel('ancestor-limit'))(
    'the shared group is raised, not the container: %s',
    async (fixture) => {
      const { remedies } = await recordedCase(fixture)
      const [shared] = remedies
      expect(shared?.id).toBe('raise-shared-limit')
      expect(shared?.commands).toEqual([
        { for: 'host', run: `echo ${160 * MIB} > /sys/fs/cgroup/pod/memory.max` },
      ])
      expect(remedies.map(({ id }) => id)).not.toContain('raise-limit')
    },
  )

  test.each(onEveryKernel('tmpfs'))('files first, then time: %s', async (fixture) => {
    const { remedies } = await recordedCase(fixture)
    expect(remedies.map(({ id }) => id)).toEqual(['empty-tmpfs', 'raise-limit'])
    expect(remedies[1]?.title).toContain('does not cure')
  })

  test.each(onEveryKernel('memory-high'))(
    'a group held back at memory.high gets that raised: %s',
    async (fixture) => {
      const { remedies } = await recordedCase(fixture)
      expect(remedies[0]?.title).toMatch(/^Raise memory.high to 128 MiB/)
      expect(runs(remedies[0] ?? null)).toEqual([
        'host: echo 134217728 > /sys/fs/cgroup/memory-high/memory.high',
      ])
    },
  )

  test('an app of Marathon is raised by its name', async () => {
    const { remedies } = await recordedCase('edge-cases/60-marathon-executor-overhead')
    expect(runs(remedies[0] ?? null)).toEqual([
      'marathon: dcos marathon app update /batch/eater mem=144',
    ])
  })

  test('the container that hangs, for its killer was off, may go on before it may be killed', async () => {
    const { remedies } = await recordedCase('edge-cases/22-v1-oom-kill-disabled', 'docker:stuck')
    expect(remedies.map(({ id }) => id)).toEqual(['raise-limit', 'turn-killer-on'])
    expect(remedies[0]?.title).toContain('goes on where it stands')
    expect(remedies[1]?.commands[0]?.run).toMatch(
      /^echo 0 > \/sys\/fs\/cgroup\/memory\/\S+\/memory\.oom_control$/,
    )
  })
})

describe('lift-throttle', () => {
  test('memory.high is not raised above memory.max, where the kernel kills', () => {
    const own = seen(cgroupState({ path: '/batch', limitBytes: 120 * MIB, highBytes: 100 * MIB }))
    const about = { ...GROUP, groups: { own, ancestors: [], nested: [] } }
    expect(runs(remedy('lift-throttle', about, of('thrashing')))).toEqual([
      `host: echo ${120 * MIB} > /sys/fs/cgroup/batch/memory.high`,
    ])
  })
})

describe('fit-heap', () => {
  const with70 = (command: readonly string[], subject = incident()) =>
    remedy(
      'fit-heap',
      { ...subject, container: seen(containerState({ command })) },
      of('oom-own-limit', ['heap-over-limit']),
    )

  test('leaves three tenths of the limit, in the words of the runtime', () => {
    expect(runs(with70(['java', '-Xmx512m']))).toEqual([
      'compose: environment: { JAVA_TOOL_OPTIONS: "-Xmx70m" }',
      'docker: docker run --env JAVA_TOOL_OPTIONS=-Xmx70m …',
    ])
    expect(runs(with70(['node', '--max-old-space-size=512'], POD))).toEqual([
      'kubernetes: kubectl -n shop set env deployment/DEPLOYMENT -c app NODE_OPTIONS=--max-old-space-size=70',
    ])
    expect(runs(with70(['java', '-Xmx512m'], GROUP))).toEqual([
      'host: export JAVA_TOOL_OPTIONS=-Xmx70m',
    ])
  })

  test('says what has to go from the command line, for that would win', () => {
    expect(with70(['java', '-Xmx512m'])?.title).toMatch(/-Xmx512m \(remove that from the command/)
  })

  test('a limit that only the kernel told is enough', () => {
    const processes = [seen(processState({ command: ['java', '-Xmx512m'] }))]
    const judged = of('oom-own-limit', ['heap-over-limit'])
    expect(remedy('fit-heap', incident({ processes }), judged)?.title).toContain('70 MiB')
  })
})

describe('bound-off-heap', () => {
  const run = (...command: string[]) =>
    runs(
      remedy(
        'bound-off-heap',
        incident({ container: seen(containerState({ command })) }),
        of('oom-own-limit', ['off-heap']),
      ),
    )[1]

  test('speaks to Java or to Node.js', () => {
    expect(run('java', '-Xmx50m')).toBe(
      "docker: docker run --env JAVA_TOOL_OPTIONS='-XX:MaxDirectMemorySize=64m -XX:MaxMetaspaceSize=128m' …",
    )
    expect(run('node', 'app.js')).toBe('docker: docker run --env MALLOC_ARENA_MAX=2 …')
  })
})

test('empty-tmpfs looks inside the container on each platform', () => {
  const on = (about: Incident) =>
    runs(remedy('empty-tmpfs', about, of('oom-own-limit', ['tmpfs'])))[0]
  expect(on(incident())).toBe('docker: docker exec web du -xsh /dev/shm /tmp /run')
  expect(on(POD)).toBe(
    'kubernetes: kubectl -n shop exec cart-0 -c app -- du -xsh /dev/shm /tmp /run',
  )
  expect(on(GROUP)).toBe('host: du -xsh /dev/shm /tmp /run')
})

test('turn-killer-on quotes a path with a will of its own', () => {
  const found = remedy('turn-killer-on', { ...GROUP, path: '/a;reboot' }, of('hung-at-limit'))
  expect(runs(found)).toEqual([
    "host: echo 0 > '/sys/fs/cgroup/memory/a;reboot/memory.oom_control'",
  ])
})

describe('fail-as-a-whole', () => {
  const judged = (mainProcessDied: boolean | null, code: VerdictCode = 'oom-own-limit') =>
    of(code, [], { verdict: { ...judgement().verdict, code, mainProcessDied } })
  const service = '/system.slice/web.service'
  const about = incident({
    path: service,
    groups: { own: seen(cgroupState({ path: service })), ancestors: [], nested: [] },
  })

  test('is for a container that lost a child and lives on', () => {
    const suits = (died: boolean | null): boolean =>
      remedy('fail-as-a-whole', about, judged(died)) !== null
    expect([false, true, null].map(suits)).toEqual([true, false, false])
    expect(remedy('fail-as-a-whole', about, judged(false, 'killed-not-memory'))).toBeNull()
  })

  test('tells systemd by a file, and the kernel by memory.oom.group', () => {
    expect(runs(remedy('fail-as-a-whole', about, judged(false)))).toEqual([
      "systemd: mkdir -p /etc/systemd/system/web.service.d && printf '[Service]\\nOOMPolicy=kill\\n' > /etc/systemd/system/web.service.d/oom-policy.conf && systemctl daemon-reload",
      'host: echo 1 > /sys/fs/cgroup/system.slice/web.service/memory.oom.group',
    ])
  })

  test('on v1 there is no memory.oom.group', () => {
    const own = seen(cgroupState({ path: PATH, version: 1 }))
    const v1 = incident({ groups: { own, ancestors: [], nested: [] } })
    expect(runs(remedy('fail-as-a-whole', v1, judged(false)))).toEqual([])
  })
})

describe('raise-shared-limit', () => {
  test.each([
    [null, 'the container has no limit of its own'],
    [64 * MIB, 'the container’s own limit was not reached'],
  ])('says of a container with a limit of %s: %s', (memoryLimitBytes, says) => {
    const container = seen(containerState({ memoryLimitBytes }))
    const { binding } = judgement()
    const judged = of('oom-ancestor-limit', [], { binding: { ...binding, path: '/batch' } })
    const found = remedy('raise-shared-limit', incident({ container }), judged)
    expect(found?.title).toContain(says)
  })

  const shared = (about: Incident, path: string) =>
    remedy(
      'raise-shared-limit',
      about,
      of('oom-ancestor-limit', [], {
        binding: { ...judgement().binding, scope: 'ancestor', path },
      }),
    )

  test('a slice is told to systemd', () => {
    expect(runs(shared(GROUP, '/shop.slice'))).toEqual([
      'systemd: systemctl set-property shop.slice MemoryMax=208M',
      `host: echo ${208 * MIB} > /sys/fs/cgroup/shop.slice/memory.max`,
    ])
  })

  test('a pod’s group is raised by its containers', () => {
    const found = shared(POD, '/kubepods/burstable/pod3f0e6a34-1c1f-4d5e-9a63-0b6f3c8d2a11')
    expect(found?.title).toContain('the sum of its containers’ limits')
    expect(runs(found).every((run) => run.startsWith('kubernetes: kubectl -n shop '))).toBe(true)
    expect(runs(found)).toHaveLength(2)
  })
})

test('gather-evidence is for what is not certain', () => {
  const sure = (confidence: 'certain' | 'likely'): readonly string[] =>
    runs(
      remedy(
        'gather-evidence',
        POD,
        of('oom-own-limit', [], {
          verdict: { ...judgement().verdict, code: 'oom-own-limit', confidence },
        }),
      ),
    )
  expect(sure('certain')).toEqual([])
  expect(sure('likely')).toEqual([
    'host: journalctl -k -g "oom-kill|Killed process" --no-pager',
    'kubernetes: kubectl get events -A --sort-by=.lastTimestamp',
  ])
})

test('find-growth watches the subject where it runs', () => {
  const on = (about: Incident) => runs(remedy('find-growth', about, of('at-risk', ['leak'])))
  expect(on(incident())).toEqual(['docker: docker stats web'])
  expect(on(POD)).toEqual(['kubernetes: kubectl -n shop top pod cart-0 --containers'])
  expect(on(GROUP)).toEqual([])
})

test('relieve-host speaks of requests in Kubernetes, of limits elsewhere', () => {
  const on = (about: Incident) => remedy('relieve-host', about, of('oom-host'))
  expect(on(POD)?.title).toContain('request')
  expect(runs(on(POD))).toEqual(['kubernetes: kubectl describe node NODE'])
  expect(on(incident())?.title).toContain('Give every container a limit')
})

test('the area of memory that a runtime ran out of is named', () => {
  const oom = {
    kind: 'runtime-oom',
    runtime: 'java',
    area: 'compressed-class-space',
    message: '',
    fatal: true,
  } as const
  const about = incident({ reports: [], runtimeOoms: [seen(oom)] })
  expect(remedy('raise-runtime-limit', about, of('runtime-out-of-memory'))?.title).toContain(
    'maximum for compressed class space',
  )
})
