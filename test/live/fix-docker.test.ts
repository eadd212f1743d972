import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { Change, ChangePlan, FixRecord } from '../../src/model/fix.ts'
import { textField } from '../../src/parsers/json-fields.ts'
import type { Driver, Hands } from '../../src/remedy/driver.ts'
import { applyPlan, planChange, recoverFixes, undoFix } from '../../src/remedy/engine.ts'
import type { Workshop } from '../../src/remedy/workshop.ts'
import { docker as driver } from '../../src/remedy/platforms/docker/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { fixStore } from '../../src/store/fixes.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { pythonImage } from '../support/images.ts'
import { inspectDifferences, isPlain } from '../support/inspect-differences.ts'
import { requireParts } from '../support/parts.ts'
import { testbedFolder, tryRun, until } from '../support/testbed.ts'

const PREFIX = `stella-fix-${process.pid}`

/** Seed of the lab: about 100 MiB in steps, then it stays. */
const PROCESSOR = `
import time
data = []
for i in range(90):
    data.append(bytearray(1024 * 1024))
print("done", flush=True)
time.sleep(3600)
`

describe.skipIf(requireParts('root', 'cgroup-v1', 'docker', 'busybox', 'compiler', 'python'))(
  'fixes of real Docker containers',
  () => {
    let docker: TestDocker
    let image = ''
    let folder = ''
    let workshop: Workshop

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
      // Ports are published on the daemon's own loopback.
      const pid = readFileSync(join(testbedFolder('docker'), 'daemon.pid'), 'utf8').trim()
      tryRun(['nsenter', '-t', pid, '-n', 'ip', 'link', 'set', 'lo', 'up'])
      // An earlier run that ended badly may have left its networks.
      const left = docker.cli('network', 'ls', '--quiet', '--filter=name=stella-fix-').split('\n')
      for (const id of left.filter((line) => line !== '')) docker.tryCli('network', 'rm', id)
      for (const net of ['1', '2']) {
        const name = `${PREFIX}-${net}`
        docker.cli('network', 'create', `--subnet=10.77.${net}.0/24`, name)
      }
      folder = mkdtempSync(join(tmpdir(), 'stella-fix-'))
      workshop = {
        drivers: [driver],
        store: fixStore(folder),
        hands: handsOf(new AbortController().signal),
      }
    }, 120_000)
    afterEach(removeContainers)
    afterAll(() => {
      removeContainers()
      for (const net of ['1', '2']) docker.tryCli('network', 'rm', `${PREFIX}-${net}`)
      docker.tryCli('volume', 'rm', `${PREFIX}-data`)
      rmSync(folder, { recursive: true, force: true })
    })

    function handsOf(signal: AbortSignal): Hands {
      return { reader: hostReader({ env: { ...process.env, ...docker.env } }), signal }
    }

    function removeContainers(): void {
      const ids = docker.tryCli('ps', '--all', '--quiet', `--filter=name=${PREFIX}`).stdout
      const list = ids.split('\n').filter((id) => id !== '')
      if (list.length > 0) docker.tryCli('rm', '--force', '--volumes', ...list)
    }

    function run(label: string, options: readonly string[], ...command: string[]): string {
      const name = `${PREFIX}-${label}`
      docker.cli('run', '--detach', `--name=${name}`, ...options, ...command)
      return name
    }

    function inspect(name: string): Record<string, never> {
      return JSON.parse(docker.cli('inspect', name))[0]
    }

    function groupFile(name: string, file: string): string {
      const id = docker.cli('inspect', '--format={{.Id}}', name).trim()
      return readFileSync(`/sys/fs/cgroup/memory/docker/${id}/${file}`, 'utf8').trim()
    }

    function plan(name: string, change: Change, recreate = false): Promise<ChangePlan> {
      const target = { kind: 'container', engine: 'docker', name } as const
      return planChange([driver], { target, change, recreate }, workshop.hands)
    }

    function order(made: ChangePlan, change: Change): Parameters<typeof applyPlan>[0] {
      const subject = { platform: 'docker', name: 'x', id: null, image: null } as const
      const evidence = [{ name: 'case.json', text: '{"id":"c_1"}' }]
      return {
        plan: made,
        change,
        subject,
        caseId: 'c_1',
        remedyId: null,
        layer: 'container',
        evidence,
      }
    }

    const limit = (limitBytes: number): Change => ({
      kind: 'limit',
      limitBytes,
      requestBytes: null,
    })

    async function apply(name: string, change: Change, recreate = false): Promise<FixRecord> {
      return applyPlan(order(await plan(name, change, recreate), change), workshop)
    }

    function names(): string[] {
      const listed = docker.cli('ps', '--all', `--filter=name=${PREFIX}`, '--format={{.Names}}')
      return listed.split('\n').filter((name) => name !== '')
    }

    it('cures the data processor: killed at 32 MiB, runs at 256 MiB', async () => {
      const python = await docker.image(pythonImage())
      const options = [
        '--network=none',
        '--memory=32m',
        python,
        '/usr/bin/python3',
        '-c',
        PROCESSOR,
      ]
      const name = run('data-processor', options)
      docker.cli('wait', name)
      const before = inspect(name)
      expect(before).toMatchObject({ State: { ExitCode: 137 } })

      const change = limit(256 * MIB)
      const made = await plan(name, change)
      expect(made.method).toBe('in-place')
      expect(made.steps.map(({ says }) => says)).toEqual([
        `set the memory limit of ${name} to 256 MiB`,
        `start ${name} again`,
      ])
      expect(made.warnings.join(' ')).toContain('512 MiB')
      const fix = await applyPlan(order(made, change), workshop)
      expect(fix).toMatchObject({ state: 'applied', problem: null })
      await until('it is done', () => docker.cli('logs', name).includes('done'))
      expect(inspect(name)).toMatchObject({
        State: { Running: true },
        HostConfig: { Memory: 268_435_456, MemorySwap: 536_870_912 },
      })
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe('268435456')
      expect(groupFile(name, 'memory.memsw.limit_in_bytes')).toBe('536870912')
      expect(readFileSync(join(folder, 'fixes', fix.id, 'case.json'), 'utf8')).toBe('{"id":"c_1"}')

      const undone = await undoFix(fix.id, workshop, { force: false })
      expect(undone.state).toBe('undone')
      const after = inspect(name)
      expect(after).toMatchObject({ State: { Running: false } })
      expect(after['HostConfig']).toEqual(before['HostConfig'])
      expect((await undoFix(fix.id, workshop, { force: false })).state).toBe('undone')
    })

    it.each([
      ['the default, twice the limit', [], 128 * MIB],
      ['none beside the limit', ['--memory-swap=32m'], 64 * MIB],
      ['16 MiB beside the limit', ['--memory-swap=48m'], 80 * MIB],
      ['without a limit', ['--memory-swap=-1'], -1],
    ])('keeps the swap that it has: %s', async (_label, options, total) => {
      const name = run('swap', ['--network=none', '--memory=32m', ...options, image], 'hog', 'stay')
      const before = inspect(name)
      const fix = await apply(name, limit(64 * MIB))
      expect(fix).toMatchObject({ state: 'applied', problem: null })
      expect(inspect(name)).toMatchObject({ HostConfig: { Memory: 64 * MIB, MemorySwap: total } })
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(64 * MIB))
      await undoFix(fix.id, workshop, { force: false })
      expect(inspect(name)).toEqual(before)
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(32 * MIB))
    })

    /** With all that a container can be given, as far as the daemon of the tests takes it. */
    function runRich(label: string): string {
      const one = `${PREFIX}-1`
      const options = [
        '--hostname=webhost',
        '--env=MODE=one',
        '--env=PASSWORD=secret-7',
        `--volume=${PREFIX}-data:/data`,
        '--volume=/anonymous',
        '--mount=type=volume,target=/unnamed',
        `--volume=${folder}:/bind:ro`,
        '--tmpfs=/scratch:size=1m',
        `--network=${one}`,
        '--ip=10.77.1.5',
        '--network-alias=first',
        '--label=team=blue',
        '--health-cmd=true',
        '--health-interval=60s',
        '--restart=unless-stopped',
        '--ulimit=nofile=512:512',
        '--user=0:0',
        '--workdir=/tmp',
        '--publish=127.0.0.1::80',
        '--publish=18081:81',
        '--dns=192.0.2.1',
        '--add-host=other:192.0.2.2',
        '--cap-drop=MKNOD',
        '--device=/dev/null:/dev/also-null',
        '--log-opt=max-size=1m',
        '--stop-signal=TERM',
        '--stop-timeout=1',
        '--shm-size=8m',
        '--pids-limit=50',
        '--memory=32m',
        '--memory-reservation=16m',
      ]
      const name = run(label, options, image, 'hog', 'stay')
      docker.cli('network', 'connect', '--ip=10.77.2.9', '--alias=second', `${PREFIX}-2`, name)
      docker.cli('exec', name, 'sh', '-c', 'echo kept > /anonymous/a; echo kept > /unnamed/a')
      return name
    }

    it('makes one anew with every option, and brings the very old one back', async () => {
      const name = runRich('web')
      const before = inspect(name)
      const change = limit(64 * MIB)
      const made = await plan(name, change, true)
      expect(made).toMatchObject({ method: 'recreate', risk: 'medium' })
      const fix = await applyPlan(order(made, change), workshop)
      expect(fix).toMatchObject({ state: 'applied', problem: null })

      const after = inspect(name)
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(64 * MIB))
      expect(docker.cli('exec', name, 'cat', '/anonymous/a', '/unnamed/a')).toBe('kept\nkept\n')
      expect(differences(before, after)).toEqual([
        // Volumes without a name are asked for by the one that Docker gave them, and the port by its number.
        'HostConfig.Binds',
        'HostConfig.Memory',
        'HostConfig.MemorySwap',
        'HostConfig.Mounts',
        'HostConfig.PortBindings.80/tcp',
      ])
      expect(made.changes.map(({ field }) => field)).toEqual([
        'HostConfig.Memory',
        'HostConfig.MemorySwap',
        'HostConfig.Binds',
        'HostConfig.Mounts',
        'HostConfig.PortBindings',
      ])
      expect(names()).toHaveLength(2)

      expect((await undoFix(made.target, workshop, { force: false })).state).toBe('undone')
      expect(names()).toEqual([name])
      const back = inspect(name)
      expect(back['Id']).toEqual(before['Id'])
      // Docker chooses such a port at each start.
      expect(differences(before, back)).toEqual(['NetworkSettings.Ports.80/tcp'])
      expect(back).toMatchObject({ State: { Running: true } })
    })

    it('changes variables of the environment, and shows no secret', async () => {
      const name = runRich('env')
      const before = inspect(name)
      const change: Change = {
        kind: 'environment',
        set: { MODE: 'two', GOMEMLIMIT: '24MiB', PASSWORD: 'secret-8' },
      }
      const made = await plan(name, change)
      const { steps, ...shown } = made
      expect(JSON.stringify(shown)).not.toMatch(/secret-[78]/)
      expect(JSON.stringify(steps.map(({ says, command }) => [says, command]))).not.toContain(
        'secret',
      )
      expect(made.changes).toEqual(
        expect.arrayContaining([
          { field: 'Config.Env.MODE', before: 'one', after: 'two' },
          { field: 'Config.Env.GOMEMLIMIT', before: null, after: '24MiB' },
        ]),
      )
      const fix = await applyPlan(order(made, change), workshop)
      expect(fix).toMatchObject({ state: 'applied', problem: null })
      expect(docker.cli('exec', name, 'sh', '-c', 'echo $MODE $GOMEMLIMIT $PASSWORD')).toBe(
        'two 24MiB secret-8\n',
      )
      expect(differences(before, inspect(name))).toEqual([
        'Config.Env',
        'HostConfig.Binds',
        'HostConfig.Mounts',
        'HostConfig.PortBindings.80/tcp',
      ])
      // Only its owner may read what holds it.
      const file = join(folder, 'fixes', fix.id, 'record.json')
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(statSync(join(folder, 'fixes')).mode & 0o777).toBe(0o700)
      await undoFix(fix.id, workshop, { force: false })
      expect(differences(before, inspect(name))).toEqual(['NetworkSettings.Ports.80/tcp'])
    })

    const small = ['--network=none', '--memory=32m']

    it('ends a loop of kills and restarts', async () => {
      const name = run('loop', ['--restart=always', ...small, image], 'hog', 'anon=64M', 'stay')
      await until(
        'it restarts',
        () => Number(docker.cli('inspect', '--format={{.RestartCount}}', name)) > 0,
      )
      const fix = await apply(name, limit(128 * MIB))
      expect(fix).toMatchObject({ state: 'applied', plan: { method: 'in-place' }, problem: null })
      const running = (): boolean =>
        docker.cli('inspect', '--format={{.State.Status}}', name).trim() === 'running'
      await until('it has its memory', () =>
        running() ? Number(groupFile(name, 'memory.usage_in_bytes')) > 64 * MIB : false,
      )
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(128 * MIB))
    })

    it('refuses what would do harm, with the figures', async () => {
      const name = run('harm', [...small, image], 'hog', 'anon=20M', 'stay')
      await until(
        'it has its memory',
        () => Number(groupFile(name, 'memory.usage_in_bytes')) > 20 * MIB,
      )
      await expect(plan(name, limit(12 * MIB))).rejects.toThrow(
        /uses 2\d(\.\d+)? MiB .* 12 MiB would not/,
      )
      await expect(plan(name, limit(5 * MIB))).rejects.toThrow(/less than the 6 MiB/)
      await expect(plan(name, limit(0))).rejects.toThrow(/never takes a memory limit away/)
      await expect(plan(name, limit(32 * MIB))).rejects.toThrow(/already/)
      const same: Change = { kind: 'environment', set: { PATH: '/bin:/usr/bin' } }
      await expect(apply(name, same).then(() => plan(name, same))).rejects.toThrow(/already/)
      await expect(plan(`${PREFIX}-nobody`, limit(64 * MIB))).rejects.toThrow(/no container/)
      expect((await plan(name, limit(2 ** 50))).warnings.join(' ')).toMatch(/protects nobody/)
      const gone = run('gone', ['--rm', ...small, image], 'hog', 'stay')
      await expect(plan(gone, limit(64 * MIB), true)).rejects.toThrow(/--rm/)
    })

    it('gives a first limit by making it anew, for Docker cannot take a limit away again', async () => {
      const name = run('free', ['--network=none', image], 'hog', 'stay')
      const before = inspect(name)
      const fix = await apply(name, limit(64 * MIB))
      expect(fix.plan.method).toBe('recreate')
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(64 * MIB))
      await undoFix(fix.id, workshop, { force: false })
      expect(differences(before, inspect(name))).toEqual([])
      expect(inspect(name)).toMatchObject({ State: { Running: true } })
    })

    it('takes everything back where the new limit does not let it live', async () => {
      const name = run('dies', [...small, image], 'hog', 'anon=64M', 'stay')
      docker.cli('wait', name)
      const before = inspect(name)
      const fix = await apply(name, limit(40 * MIB))
      expect(fix).toMatchObject({ state: 'rolled-back' })
      expect(fix.problem).toMatch(
        /ended at once, with exit code 137; it may need more than 40 MiB: give it more with --limit/,
      )
      expect(inspect(name)['HostConfig']).toEqual(before['HostConfig'])
    })

    it('does nothing to another container than the one that the plan saw', async () => {
      const name = run('other', [...small, image], 'hog', 'stay')
      const change = limit(64 * MIB)
      const made = [await plan(name, change), await plan(name, change, true)]
      docker.cli('rm', '--force', name)
      run('other', [...small, image], 'hog', 'stay')
      const before = inspect(name)
      for (const one of made) {
        const fix = await applyPlan(order(one, change), workshop)
        expect(fix.state).toBe('rolled-back')
        expect(fix.problem).toMatch(/is gone/)
      }
      expect(inspect(name)).toEqual(before)
      expect(names()).toEqual([name])
    })

    it('does not overwrite what somebody else changed since, but with force', async () => {
      const name = run('since', [...small, image], 'hog', 'stay')
      const fix = await apply(name, limit(64 * MIB))
      docker.cli('update', '--memory=96m', '--memory-swap=192m', name)
      await expect(undoFix(fix.id, workshop, { force: false })).rejects.toThrow(
        /somebody else changed the memory/,
      )
      expect(workshop.store.read(fix.id)?.state).toBe('applied')
      expect((await undoFix(fix.id, workshop, { force: true })).state).toBe('undone')
      expect(inspect(name)).toMatchObject({ HostConfig: { Memory: 32 * MIB } })
    })

    it('stops nothing where the old one is gone that an undo would bring back', async () => {
      const name = run('kept', [...small, image], 'hog', 'stay')
      const fix = await apply(name, limit(64 * MIB), true)
      const aside = names().find((one) => one !== name) ?? ''
      docker.cli('rm', aside)
      for (const force of [false, true]) {
        await expect(undoFix(fix.id, workshop, { force })).rejects.toThrow(/is gone/)
      }
      expect(workshop.store.read(fix.id)?.state).toBe('applied')
      expect(inspect(name)).toMatchObject({
        State: { Running: true },
        HostConfig: { Memory: 64 * MIB },
      })
    })

    it('gives way where the name is taken meanwhile, and says by whom', async () => {
      const name = run('name', [...small, image], 'hog', 'stay')
      const before = inspect(name)
      const change = limit(64 * MIB)
      const made = await plan(name, change, true)
      const aside = textField(made.steps.find(({ id }) => id === 'set-aside')?.data, 'aside') ?? ''
      docker.cli('create', `--name=${aside}`, image, 'hog', 'stay')
      const fix = await applyPlan(order(made, change), workshop)
      expect(fix.state).toBe('rolled-back')
      expect(fix.problem).toMatch(/is already in use/)
      expect(differences(before, inspect(name))).toEqual([])
      expect(inspect(name)).toMatchObject({ State: { Running: true } })
      expect(names().toSorted()).toEqual([name, aside])
    })

    it('takes what was begun back when it is interrupted', async () => {
      const name = run('interrupted', [...small, image], 'hog', 'stay')
      const before = inspect(name)
      const change = limit(64 * MIB)
      const interruption = new AbortController()
      const watched: Driver = {
        ...driver,
        carryOut: async (step, hands) => {
          const learned = await driver.carryOut(step, hands)
          if (step.id === 'stop') interruption.abort()
          return learned
        },
      }
      const fix = await applyPlan(order(await plan(name, change, true), change), {
        ...workshop,
        drivers: [watched],
        hands: handsOf(interruption.signal),
      })
      expect(fix.state).toBe('rolled-back')
      expect(fix.problem).toMatch(/interrupted/)
      expect(differences(before, inspect(name))).toEqual([])
      expect(inspect(name)).toMatchObject({ State: { Running: true } })
      expect(names()).toEqual([name])
    })

    it.each(['create', 'policy', 'stop', 'set-aside', 'take-name', 'start'])(
      'comes through the death of the daemon after the step %s',
      async (last) => {
        const name = run(`killed-${last}`, ['--restart=always', ...small, image], 'hog', 'stay')
        const before = inspect(name)
        const change = limit(64 * MIB)
        const fatal: Driver = {
          ...driver,
          carryOut: async (step, hands) => {
            const learned = await driver.carryOut(step, hands)
            if (step.id !== last) return learned
            await killDaemon()
            throw new Error('the daemon died')
          },
        }
        const drivers = [fatal]
        const made = await plan(name, change, true)
        const fix = await applyPlan(order(made, change), { ...workshop, drivers })
        expect(fix.state).toBe('stuck')
        expect(fix.problem).toMatch(/not taken back: .*daemon/)

        docker = await testDocker()
        expect((await recoverFixes(workshop)).map(({ id, state }) => [id, state])).toEqual([
          [fix.id, 'rolled-back'],
        ])
        expect(differences(before, inspect(name))).toEqual([])
        expect(inspect(name)).toMatchObject({ State: { Running: true } })
        expect(names()).toEqual([name])
      },
    )

    async function killDaemon(): Promise<void> {
      const pid = Number(readFileSync(join(testbedFolder('docker'), 'daemon.pid'), 'utf8'))
      // Each thread lists the children that it started.
      const tasks = readdirSync(`/proc/${pid}/task`)
      const children = tasks
        .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
        .map(Number)
        .filter((child) => child > 1)
      // Its containerd would live on for a moment and keep the next one from starting.
      for (const one of [pid, ...children]) process.kill(one, 'SIGKILL')
      await until('the daemon is gone', () =>
        [pid, ...children].every((one) => !existsSync(`/proc/${one}`)),
      )
    }
  },
)

/** What goes with an id, a start or the time, and is no option of anybody's. */
const BY_THE_WAY =
  /^(?:Id|Created|State|ResolvConfPath|HostnamePath|HostsPath|LogPath|GraphDriver|RestartCount|NetworkSettings\.(?:SandboxID|SandboxKey|Networks\.[^.]+\.(?:EndpointID|NetworkID)))(?:\.|$)/

/** A volume that is asked for by name gets the mode `z`, which matters to SELinux alone; one without a name has none. */
function withoutMode(item: unknown): unknown {
  return isPlain(item) && item['Type'] === 'volume' ? { ...item, Mode: '' } : item
}

function differences(one: unknown, other: unknown): string[] {
  return inspectDifferences(one, other, { byTheWay: BY_THE_WAY, compared: withoutMode })
}
