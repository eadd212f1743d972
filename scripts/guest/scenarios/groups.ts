import { setTimeout as sleep } from 'node:timers/promises'
import {
  delegateMemory,
  holding,
  makeGroup,
  memoryEvent,
  readGroup,
  setGroup,
  startIn,
  until,
} from '../lab.ts'
import { same, type Scenario } from '../scenario.ts'

const LIMIT = '33554432'
const NO_SWAP = { 'memory.swap.max': '0' } as const

/** The kernel and its groups alone. */
export const GROUP_SCENARIOS: readonly Scenario[] = [
  {
    name: 'own-limit',
    says: 'The main process reaches the limit of its group and is killed.',
    groups: ['/own-limit'],
    target: 'cgroup:/own-limit',
    expect: same('oom-own-limit', { mainProcessDied: true, binding: '/own-limit', victim: 'app' }),
    async run() {
      makeGroup('/own-limit', { 'memory.max': LIMIT, ...NO_SWAP })
      return { exitCode: await startIn('/own-limit', `exec ${holding('app', 110)}`).ended }
    },
  },
  {
    name: 'child-killed',
    says: 'A child of the main process is killed at the limit; the main process lives on.',
    groups: ['/child-killed'],
    target: 'cgroup:/child-killed',
    expect: same('oom-own-limit', {
      mainProcessDied: 'not-true',
      binding: '/child-killed',
      victim: 'worker',
    }),
    async run() {
      makeGroup('/child-killed', { 'memory.max': LIMIT, ...NO_SWAP })
      startIn('/child-killed', `${holding('worker', 110)}; exec sleep 1000`)
      await until('the worker is killed', () => memoryEvent('/child-killed', 'oom_kill') > 0)
      return { exitCode: null }
    },
  },
  {
    name: 'ancestor-limit',
    says: 'The limit of the pod is reached while the killed container is below its own.',
    groups: ['/pod', '/pod/cache', '/pod/app'],
    target: 'cgroup:/pod/app',
    expect: same('oom-ancestor-limit', {
      mainProcessDied: 'not-false',
      binding: '/pod',
      victim: 'app',
    }),
    async run() {
      makeGroup('/pod', { 'memory.max': '50331648', ...NO_SWAP })
      delegateMemory('/pod')
      makeGroup('/pod/cache', { 'memory.max': '41943040' })
      makeGroup('/pod/app', { 'memory.max': '41943040' })
      startIn('/pod/cache', `exec ${holding('cache', 16)}`)
      const filled = (): boolean => Number(readGroup('/pod/cache', 'memory.current')) > 16 * 2 ** 20
      await until('the cache is filled', filled)
      return { exitCode: await startIn('/pod/app', `exec ${holding('app', 37)}`).ended }
    },
  },
  {
    name: 'nested-limit',
    says: 'A limit inside the container is reached; the container itself is far from its own.',
    groups: ['/outer', '/outer/init', '/outer/job'],
    target: 'cgroup:/outer',
    expect: same('oom-nested-limit', {
      mainProcessDied: 'not-true',
      binding: '/outer/job',
      victim: 'job',
    }),
    async run() {
      makeGroup('/outer', { 'memory.max': '134217728', ...NO_SWAP })
      delegateMemory('/outer')
      makeGroup('/outer/init', {})
      makeGroup('/outer/job', { 'memory.max': LIMIT })
      startIn('/outer/init', 'exec sleep 1000')
      await startIn('/outer/job', `exec ${holding('job', 110)}`).ended
      return { exitCode: null }
    },
  },
  {
    name: 'oom-group',
    says: 'memory.oom.group is set: one report, and every process of the group is killed.',
    groups: ['/oom-group'],
    target: 'cgroup:/oom-group',
    expect: same('oom-own-limit', {
      mainProcessDied: true,
      binding: '/oom-group',
      victim: 'worker',
    }),
    async run() {
      makeGroup('/oom-group', { 'memory.max': LIMIT, 'memory.oom.group': '1', ...NO_SWAP })
      return {
        exitCode: await startIn('/oom-group', `sleep 1000 & sleep 1001 & ${holding('worker', 110)}`)
          .ended,
      }
    },
  },
  {
    name: 'tmpfs',
    says: 'Files in a tmpfs fill the limit; they stay charged after the kill.',
    groups: ['/tmpfs'],
    target: 'cgroup:/tmpfs',
    expect: same('oom-own-limit', { mainProcessDied: true, binding: '/tmpfs', victim: 'dd' }),
    async run() {
      makeGroup('/tmpfs', { 'memory.max': LIMIT, ...NO_SWAP })
      return {
        exitCode: await startIn('/tmpfs', 'exec dd if=/dev/zero of=/dev/shm/stella-fill bs=1M')
          .ended,
      }
    },
  },
  {
    name: 'lowered-limit',
    says: 'The limit is lowered below the usage while the program runs; the kernel kills at once.',
    groups: ['/lowered-limit'],
    target: 'cgroup:/lowered-limit',
    expect: same('oom-own-limit', {
      mainProcessDied: true,
      binding: '/lowered-limit',
      victim: 'app',
    }),
    async run() {
      makeGroup('/lowered-limit', { 'memory.max': '134217728', ...NO_SWAP })
      const app = startIn('/lowered-limit', `exec ${holding('app', 64)}`)
      const grown = (): boolean =>
        Number(readGroup('/lowered-limit', 'memory.current')) > 64 * 2 ** 20
      await until('the program has grown', grown)
      setGroup('/lowered-limit', 'memory.max', LIMIT)
      return { exitCode: await app.ended }
    },
  },
  {
    name: 'memory-high',
    says: 'A program beyond memory.high is held back by reclaim; nobody is killed.',
    groups: ['/memory-high'],
    target: 'cgroup:/memory-high',
    expect: same('thrashing', { mainProcessDied: false, binding: null, victim: null }),
    async run() {
      makeGroup('/memory-high', { 'memory.high': LIMIT, 'memory.max': '134217728', ...NO_SWAP })
      startIn('/memory-high', `exec ${holding('app', 110)}`)
      await until('it is held back', () => memoryEvent('/memory-high', 'high') > 40)
      // The averages of memory.pressure follow every two seconds.
      await sleep(4_000)
      return { exitCode: null }
    },
  },
  {
    name: 'page-cache',
    says: 'A program writes far more to files than its limit; the cache is reclaimed, nobody is killed.',
    groups: ['/page-cache'],
    target: 'cgroup:/page-cache',
    expect: same('healthy', { mainProcessDied: false, binding: null, victim: null }),
    async run() {
      makeGroup('/page-cache', { 'memory.max': LIMIT, ...NO_SWAP })
      // Each written at once: what waits to be written cannot be reclaimed, and on a slow machine somebody is killed for it.
      startIn(
        '/page-cache',
        'dd if=/dev/zero of=/scratch-file bs=1M count=120 oflag=dsync; exec sleep 1000',
      )
      const asleep = (): boolean =>
        readGroup('/page-cache', 'cgroup.procs').trim().split('\n').length === 1
      await until('the limit is hit', () => memoryEvent('/page-cache', 'max') > 0)
      await sleep(2_000)
      await until('the files are written', asleep)
      return { exitCode: null }
    },
  },
  {
    name: 'killed-from-outside',
    says: 'Somebody sends SIGKILL to a program that is far from its limit.',
    groups: ['/killed'],
    target: 'cgroup:/killed',
    // An empty group does not say how its process ended: the live question has no exit status to go by.
    expect: {
      live: [],
      recorded: ['killed-not-memory'],
      mainProcessDied: null,
      binding: null,
      victim: null,
    },
    async run() {
      makeGroup('/killed', { 'memory.max': '134217728', ...NO_SWAP })
      const app = startIn('/killed', `exec ${holding('app', 16)}`)
      const grown = (): boolean => Number(readGroup('/killed', 'memory.current')) > 16 * 2 ** 20
      await until('the program has grown', grown)
      app.kill('SIGKILL')
      return { exitCode: await app.ended }
    },
  },
  {
    name: 'sysrq',
    says: 'Somebody calls the OOM killer by hand.',
    groups: ['/sysrq'],
    target: 'cgroup:/sysrq',
    expect: same('oom-manual', { mainProcessDied: 'not-false', binding: null, victim: 'app' }),
    async run() {
      makeGroup('/sysrq', { 'memory.max': '134217728', ...NO_SWAP })
      const app = startIn('/sysrq', `exec ${holding('app', 64)}`, 1000)
      const grown = (): boolean => Number(readGroup('/sysrq', 'memory.current')) > 64 * 2 ** 20
      await until('the program has grown', grown)
      startIn('/', 'echo f >/proc/sysrq-trigger')
      return { exitCode: await app.ended }
    },
  },
  {
    name: 'host',
    says: 'The machine itself runs out: the killed program had no limit of its own.',
    groups: ['/host'],
    target: 'cgroup:/host',
    expect: same('oom-host', { mainProcessDied: 'not-false', binding: null, victim: 'app' }),
    async run() {
      makeGroup('/host', {})
      // Else the machine reads its programs again and again for a minute, before it gives up.
      setGroup('/init.scope', 'memory.min', String(256 << 20))
      return { exitCode: await startIn('/host', `exec ${holding('app', 4096)}`, 1000).ended }
    },
  },
  {
    name: 'no-victim',
    // The last one: it goes on writing to the kernel log as long as it lives.
    says: 'The limit is reached and nobody may be killed: the program is stuck there.',
    groups: ['/no-victim'],
    target: 'cgroup:/no-victim',
    expect: same('oom-no-victim', {
      mainProcessDied: 'not-true',
      binding: '/no-victim',
      victim: null,
    }),
    async run() {
      makeGroup('/no-victim', { 'memory.max': LIMIT, ...NO_SWAP })
      startIn('/no-victim', 'exec dd if=/dev/zero of=/dev/shm/stella-fill bs=1M', -1000)
      await until('the limit is reached', () => memoryEvent('/no-victim', 'oom') > 0)
      return { exitCode: null }
    },
  },
]
