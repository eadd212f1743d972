import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { billFrom } from '../../src/investigate/bill.ts'
import { collectBill } from '../../src/investigate/collect-bill.ts'
import type { Bill, RuntimeView } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Target } from '../../src/model/subject.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { askJvm } from '../../src/sources/runtime/jvm.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { askAll, jvmImage, shapes, startJvm, whenReady } from '../support/jvm.ts'
import type { TestJvm } from '../support/jvm.ts'
import { requireParts } from '../support/parts.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'

const TRACKED = '-XX:NativeMemoryTracking=summary'
const groups: TestGroup[] = []
const jvms: TestJvm[] = []

afterEach(async () => {
  for (const jvm of jvms.splice(0)) await jvm.stop()
  for (const group of groups.splice(0)) await group.remove()
})

function group(name: string, limitBytes = 600 * MIB): TestGroup {
  const made = createGroup(`jvm-${name}`, limitBytes)
  groups.push(made)
  return made
}

async function start(
  made: TestGroup,
  options: readonly string[],
  shape: readonly string[] = [],
): Promise<TestJvm> {
  const jvm = await startJvm(made, options, shape)
  jvms.push(jvm)
  return jvm
}

async function billOf(target: Target, env: Record<string, string> = {}): Promise<Bill> {
  const reader = hostReader({ env: { ...process.env, ...env } })
  const found = await collectBill(target, { reader, ask: true })
  return billFrom(found.world, found.target, found.asked)
}

function viewIn(bill: Bill): RuntimeView {
  const view = bill.runtimes.find(({ runtime }) => runtime === 'java')
  if (view === undefined) throw new Error('no JVM in the bill')
  return view
}

function mib(view: RuntimeView, name: string): number {
  return (view.items.find((item) => item.name === name)?.bytes ?? Number.NaN) / MIB
}

function pssOf(bill: Bill, pid: number): number {
  return bill.processes.find((process) => process.pid === pid)?.pssBytes ?? Number.NaN
}

/** Items and rest are what is resident, and what is resident is what the kernel says: PSS. */
function expectResident(view: RuntimeView, pssBytes: number): void {
  const sum = view.items.reduce((all, { bytes }) => all + (bytes ?? 0), 0)
  expect(sum + (view.unattributedBytes ?? Number.NaN)).toBe(view.residentBytes)
  expect(Math.abs((view.residentBytes ?? 0) - pssBytes)).toBeLessThan(0.05 * pssBytes)
}

/**
 * PSS, what the kernel keeps for it, and page cache that nobody maps are the charge, but for pages of files that somebody else
 * read first: those are charged to them.
 */
function expectCharge(bill: Bill, pid: number, folder: string): void {
  const stat = readFileSync(`${folder}/memory.stat`, 'utf8')
  const field = (name: string): number =>
    Number(new RegExp(`^total_${name} (\\d+)$`, 'm').exec(stat)?.[1])
  const kernel = Number(readFileSync(`${folder}/memory.kmem.usage_in_bytes`, 'utf8'))
  const process = bill.processes.find((one) => one.pid === pid)
  const files = (process?.pssFileBytes ?? Number.NaN) - field('mapped_file')
  const told = pssOf(bill, pid) - files + kernel + field('cache') - field('mapped_file')
  expect(Math.abs(told - bill.chargeBytes) / bill.chargeBytes).toBeLessThan(0.05)
}

const SHAPES: readonly { name: string; options: string[]; shape: string[] }[] = [
  { name: 'much heap', options: ['-Xmx400m'], shape: ['heap=250', 'garbage=100'] },
  {
    name: 'much beside the heap',
    options: ['-Xmx64m', '-XX:MaxDirectMemorySize=300m'],
    shape: ['direct=200'],
  },
  { name: 'many threads', options: ['-Xmx64m'], shape: ['threads=400'] },
  { name: 'many classes', options: ['-Xmx128m'], shape: ['classes=3000'] },
]

describe.skipIf(requireParts('root', 'cgroup-v1', 'java', 'setpriv'))(
  'a JVM in a real limit',
  () => {
    it.each(SHAPES)(
      'of $name: its bill is what the kernel says',
      async ({ name, options, shape }) => {
        const own = group(name.replaceAll(' ', '-'))
        const { pid } = await start(own, [...options, TRACKED], shape)
        const bill = await billOf({ kind: 'cgroup', path: own.path })
        const view = viewIn(bill)
        const pss = pssOf(bill, pid)
        expectResident(view, pss)
        expect(Math.abs(view.unattributedBytes ?? Infinity)).toBeLessThan(0.05 * pss)
        expectCharge(bill, pid, own.folder)
        if (name === 'much heap') expect(mib(view, 'heap')).toBeGreaterThan(250)
        if (name === 'much beside the heap')
          expect(Math.abs(mib(view, 'direct buffers') - 200)).toBeLessThan(4)
        if (name === 'many threads') {
          const threads = view.items.find((item) => item.name === 'threads')
          expect(threads?.reservedBytes).toBeGreaterThan(400 * MIB)
          expect(mib(view, 'threads')).toBeGreaterThan(20)
          expect(mib(view, 'threads')).toBeLessThan(60)
        }
        if (name === 'many classes') expect(mib(view, 'metaspace')).toBeGreaterThan(25)
      },
    )

    it('without tracking: its heap, stacks, classes and files are told, and what is not is said', async () => {
      const own = group('untracked')
      const { pid } = await start(own, ['-Xmx200m'], ['heap=80', 'threads=100', 'direct=60'])
      const bill = await billOf({ kind: 'cgroup', path: own.path })
      const view = viewIn(bill)
      expectResident(view, pssOf(bill, pid))
      expect(mib(view, 'heap')).toBeGreaterThan(80)
      expect(mib(view, 'threads')).toBeGreaterThan(5)
      // 60 MiB of direct buffers, and the collector's tables.
      expect((view.unattributedBytes ?? 0) / MIB).toBeGreaterThan(58)
      expect((view.unattributedBytes ?? 0) / MIB).toBeLessThan(75)
      expect(view.findings.join()).toContain('-XX:NativeMemoryTracking=summary')
    })

    it('says that its heap may grow beyond the limit', async () => {
      const own = group('bound', 200 * MIB)
      await start(own, ['-Xmx180m', TRACKED], ['heap=20'])
      const [first] = viewIn(await billOf({ kind: 'cgroup', path: own.path })).findings
      expect(first).toMatch(
        /^The heap may grow to 180 MiB \(-Xmx180m\), and all the rest takes .* over the limit of 200 MiB\. With the rest as it is, -Xmx1\d\dm leaves/,
      )
    })

    it('is asked without a trace but its own socket, and says nothing of it', async () => {
      const own = group('quiet')
      const jvm = await start(own, ['-Xmx32m', TRACKED])
      await askAll(jvm.pid)
      expect(existsSync(`/tmp/.attach_pid${jvm.pid}`)).toBe(false)
      expect(existsSync(`/tmp/.java_pid${jvm.pid}`)).toBe(true)
      // SIGQUIT to a JVM that is not told why prints all its threads.
      expect(jvm.said()).toBe('ready\n')
      await jvm.stop()
      expect(existsSync(`/tmp/.java_pid${jvm.pid}`)).toBe(false)
    })

    it('is asked where a killed one left its socket', async () => {
      const own = group('stale')
      const jvm = await start(own, ['-Xmx32m'])
      const path = `/tmp/.java_pid${jvm.pid}`
      const server = spawn(process.execPath, [
        '-e',
        `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
      ])
      await new Promise((resolve) => server.on('exit', resolve))
      expect(existsSync(path)).toBe(true)
      expect((await askAll(jvm.pid)).view.version).toMatch(/HotSpot/)
    })

    it('with -Xrs is asked without a signal', async () => {
      const own = group('xrs')
      const jvm = await start(own, ['-Xmx32m', '-Xrs'])
      expect((await askAll(jvm.pid)).view.version).toMatch(/HotSpot/)
      // Without signals it does not tidy up after itself.
      rmSync(`/tmp/.java_pid${jvm.pid}`)
    })

    it('of another user is told to be one, and left alone', async () => {
      const jvm = await start(group('other-user'), ['-Xmx32m'])
      const modules = ['sources/reader.ts', 'sources/runtime/jvm.ts'].map((name) =>
        JSON.stringify(join(import.meta.dirname, '../../src', name)),
      )
      const script = `
      const { hostReader } = await import(${modules[0]})
      const { askJvm } = await import(${modules[1]})
      const signal = AbortSignal.timeout(2_000)
      console.log(JSON.stringify(await askJvm(hostReader(), ${jvm.pid}, 'VM.version', signal)))`
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
      const said = run([...nobody, process.execPath, '--input-type=module', '-e', script])
      expect(JSON.parse(said)).toEqual({
        ok: false,
        why: 'a JVM listens in /tmp alone, and /tmp may not be opened: it needs root or CAP_SYS_PTRACE',
      })
      expect(jvm.said()).toBe('ready\n')
    })

    it('that may not be attached to is left alone, wherever that was said', async () => {
      const own = group('disabled')
      const argfile = join(testbedFolder(), 'jvm-args')
      writeFileSync(argfile, '-XX:+DisableAttachMechanism\n')
      const jvm = await start(own, [`@${argfile}`, '-Xmx32m'])
      const { view } = await askAll(jvm.pid)
      expect(view.findings.join()).toContain('its attach interface is off')
      expect(mib(view, 'programs and libraries')).toBeGreaterThan(5)
      expect(jvm.said()).toBe('ready\n')
    })
  },
)

describe.skipIf(requireParts('root', 'cgroup-v1', 'java'))('in a user namespace, a JVM', () => {
  /** Root of the namespace is user 100000 here, and our root is nobody there. */
  async function inNamespace(prelude: string): Promise<TestJvm> {
    const holder = spawn('unshare', ['--user', 'sleep', '60'])
    await until('the namespace is there', () => {
      const own = readFileSync('/proc/self/uid_map', 'utf8')
      return readFileSync(`/proc/${holder.pid}/uid_map`, 'utf8') !== own
    })
    for (const map of ['uid_map', 'gid_map'])
      writeFileSync(`/proc/${holder.pid}/${map}`, '0 100000 1000')
    const script = `${prelude} exec java -Xmx32m -cp "$0" Shapes`
    const enter = ['nsenter', `--user=/proc/${holder.pid}/ns/user`, '--setuid=0', '--setgid=0']
    const started = group('userns').start([
      ...enter,
      'unshare',
      '--mount',
      'sh',
      '-c',
      script,
      shapes(),
    ])
    const jvm = await whenReady(started)
    holder.kill('SIGKILL')
    jvms.push(jvm)
    return jvm
  }

  it('is asked as its own user', async () => {
    const jvm = await inNamespace('')
    expect((await askAll(jvm.pid)).view.version).toMatch(/HotSpot/)
    expect(jvm.said()).toBe('ready\n')
  })

  it('with a file system of its own is woken as its own user, too', async () => {
    const jvm = await inNamespace('mount -t tmpfs none /tmp;')
    expect((await askAll(jvm.pid)).view.version).toMatch(/HotSpot/)
    expect(readdirSync(`/proc/${jvm.pid}/root/tmp`).filter((name) => name.startsWith('.'))).toEqual(
      [`.java_pid${jvm.pid}`],
    )
    expect(jvm.said()).toBe('ready\n')
  })
})

describe.skipIf(requireParts('root'))('what is no JVM', () => {
  it.each([
    ['libj9vm29.so', 'it is OpenJ9'],
    ['libjvm.so', 'it does not wait for SIGQUIT'],
    ['libother.so', 'no JVM is loaded in it'],
  ])('a program with %s in it is not signalled', async (name, why) => {
    const library = join(testbedFolder(), name)
    const maps = readFileSync('/proc/self/maps', 'utf8')
    copyFileSync(/ (\/\S*\/libm\.so\S*)$/m.exec(maps)?.[1] ?? '', library)
    // The default of SIGQUIT would end it.
    const sleeper = spawn('sleep', ['60'], { env: { ...process.env, LD_PRELOAD: library } })
    try {
      const pid = sleeper.pid ?? 0
      await until('it is loaded', () => readFileSync(`/proc/${pid}/maps`, 'utf8').includes(name))
      const reply = await askJvm(hostReader(), pid, 'VM.version', AbortSignal.timeout(2_000))
      expect(reply).toMatchObject({ ok: false, why: expect.stringContaining(why) })
      expect(sleeper.exitCode ?? sleeper.signalCode).toBeNull()
    } finally {
      sleeper.kill('SIGKILL')
      rmSync(library)
    }
  })
})

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler', 'java'))(
  'a JVM in Docker, as a user of its own',
  () => {
    let docker: TestDocker
    let image: string
    const names: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image(jvmImage())
    }, 180_000)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
      rmSync(testbedFolder('jvm-tmp'), { recursive: true })
    })

    async function runJvm(
      options: readonly string[],
      flags: readonly string[],
      shape: readonly string[] = [],
      tmpMode = 'rw',
    ): Promise<string> {
      const name = `stella-test-${process.pid}-jvm-${names.length}`
      names.push(name)
      const tmp = testbedFolder('jvm-tmp', name)
      chmodSync(tmp, 0o1777)
      const common = [
        '--detach',
        `--volume=${tmp}:/tmp:${tmpMode}`,
        '--network=none',
        `--name=${name}`,
        `--volume=${shapes()}:/app:ro`,
      ]
      const command = ['java', ...flags, '-cp', '/app', 'Shapes', ...shape]
      docker.cli('run', ...common, '--user=4321:4321', ...options, image, ...command)
      await until('it is ready', () => docker.cli('logs', name).includes('ready'), 60_000)
      return name
    }

    const pidOf = (name: string): number =>
      Number(docker.cli('inspect', '--format={{.State.Pid}}', name))

    it('its bill is what the kernel says, and the container sees nothing of it', async () => {
      const name = await runJvm(
        ['--memory=500m'],
        ['-Xmx250m', TRACKED],
        ['heap=120', 'direct=60', 'threads=100'],
      )
      const bill = await billOf({ kind: 'container', engine: 'docker', name }, docker.env)
      const view = viewIn(bill)
      const pss = pssOf(bill, pidOf(name))
      expectResident(view, pss)
      expect(Math.abs(view.unattributedBytes ?? Infinity)).toBeLessThan(0.05 * pss)
      expectCharge(bill, pidOf(name), `/sys/fs/cgroup/memory${bill.path}`)
      expect(Math.abs(mib(view, 'direct buffers') - 60)).toBeLessThan(3)
      expect(docker.cli('logs', name)).toBe('ready\n')
      const tmp = docker.cli('exec', name, 'ls', '-A', '/tmp')
      expect(tmp.split('\n').filter((file) => file.startsWith('.'))).toEqual(['.java_pid1'])
    })

    it('is not signalled while it is paused', async () => {
      const name = await runJvm(['--memory=200m'], ['-Xmx32m'])
      docker.cli('pause', name)
      const signal = AbortSignal.timeout(2_000)
      const reply = await askJvm(hostReader(), pidOf(name), 'VM.version', signal)
      docker.cli('unpause', name)
      expect(reply).toEqual({
        ok: false,
        why: 'it is frozen (paused), or held up in the kernel',
      })
      expect(docker.cli('logs', name)).toBe('ready\n')
    })

    it('says why where its /tmp is read-only', async () => {
      const name = await runJvm(['--memory=200m'], ['-Xmx32m', '-XX:-UsePerfData'], [], 'ro')
      const { view } = await askAll(pidOf(name))
      expect(view.findings.join()).toContain('its /tmp is read-only')
      expect(docker.cli('logs', name)).toBe('ready\n')
    })
  },
)
