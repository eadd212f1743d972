import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { Change, ChangePlan, FixRecord } from '../../src/model/fix.ts'
import { applyPlan, planChange, undoFix } from '../../src/remedy/engine.ts'
import type { Workshop } from '../../src/remedy/workshop.ts'
import { podman as driver } from '../../src/remedy/platforms/podman/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { fixStore } from '../../src/store/fixes.ts'
import { inspectDifferences } from '../support/inspect-differences.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import type { TestPodman } from '../support/podman.ts'
import { until } from '../support/testbed.ts'

const PREFIX = `stella-fix-${process.pid}`

describe.skipIf(requireParts('root', 'cgroup-v1', 'podman', 'busybox', 'compiler'))(
  'fixes of real Podman containers',
  () => {
    let podman: TestPodman
    let image = ''
    let folder = ''
    let workshop: Workshop

    beforeAll(async () => {
      podman = testPodman()
      image = await podman.image()
      // An earlier run that ended badly may have left its networks.
      const left = podman.cli('network', 'ls', '--quiet', '--filter=name=stella-fix-').split('\n')
      for (const id of left.filter((line) => line !== '')) podman.tryCli('network', 'rm', id)
      for (const net of ['1', '2']) {
        podman.cli('network', 'create', `--subnet=10.78.${net}.0/24`, `${PREFIX}-${net}`)
      }
      folder = mkdtempSync(`${tmpdir()}/stella-fix-`)
      const env = { ...process.env, ...podman.env, ADOPTED_TOKEN: 'secret-9' }
      workshop = {
        drivers: [driver],
        store: fixStore(folder),
        hands: { reader: hostReader({ env }), signal: new AbortController().signal },
      }
    }, 120_000)
    afterEach(removeContainers)
    afterAll(() => {
      removeContainers()
      for (const net of ['1', '2']) podman.tryCli('network', 'rm', '--force', `${PREFIX}-${net}`)
      podman.tryCli('volume', 'rm', `${PREFIX}-data`)
      rmSync(folder, { recursive: true, force: true })
    })

    function removeContainers(): void {
      for (const name of names()) podman.tryCli('rm', '--force', '--volumes', '--time=0', name)
    }

    function names(): string[] {
      const listed = podman.cli('ps', '--all', `--filter=name=${PREFIX}`, '--format={{.Names}}')
      return listed.split('\n').filter((name) => name !== '')
    }

    function run(label: string, options: readonly string[], ...command: string[]): string {
      const name = `${PREFIX}-${label}`
      podman.cli('run', '-d', '--name', name, ...options, ...command)
      return name
    }

    function inspect(name: string): Record<string, never> {
      return JSON.parse(podman.cli('inspect', '--type=container', name))[0]
    }

    function groupFile(name: string, file: string): string {
      const id = podman.cli('inspect', '--format={{.Id}}', name).trim()
      const group = `/sys/fs/cgroup/memory/libpod_parent/libpod-${id}`
      return readFileSync(`${group}/${file}`, 'utf8').trim()
    }

    const limit = (limitBytes: number): Change => ({
      kind: 'limit',
      limitBytes,
      requestBytes: null,
    })

    function plan(name: string, change: Change): Promise<ChangePlan> {
      const target = { kind: 'container', engine: 'podman', name } as const
      return planChange([driver], { target, change, recreate: false }, workshop.hands)
    }

    async function apply(name: string, change: Change): Promise<FixRecord> {
      const subject = { platform: 'podman', name, id: null, image: null } as const
      const facts = { caseId: null, remedyId: null, layer: 'container', evidence: [] } as const
      return applyPlan({ plan: await plan(name, change), change, subject, ...facts }, workshop)
    }

    it('does not last: an update of Podman 4 is gone with the next start', () => {
      const name = run('update', ['--network=host', '-m', '32m', image], 'hog', 'stay')
      podman.cli('update', '--memory=64m', '--memory-swap=128m', name)
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(64 * MIB))
      podman.cli('restart', '--time=1', name)
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(32 * MIB))
    })

    /** Each way in which options are written, and all that a container can be given here. */
    function runRich(label: string): string {
      podman.env['ADOPTED_TOKEN'] = 'secret-9'
      const options = [
        '--hostname=webhost',
        '-e',
        'MODE=one',
        '-eADOPTED_TOKEN',
        '-v',
        `${PREFIX}-data:/data`,
        '-v',
        '/anonymous',
        '--mount',
        'type=volume,target=/unnamed',
        `--volume=${folder}:/bind:ro`,
        '--tmpfs=/scratch:size=1m',
        `--network=${PREFIX}-1:ip=10.78.1.5,alias=first`,
        `--network=${PREFIX}-2:ip=10.78.2.9,alias=second`,
        '-l=team=blue',
        '--health-cmd=true',
        '--health-interval=disable',
        '--restart=always',
        '--ulimit=nofile=512:512',
        '--ulimit=nproc=4096:4096',
        '-u0:0',
        '-w',
        '/tmp',
        '-p',
        '127.0.0.1::80',
        '-p=18281:81',
        '--dns=192.0.2.1',
        '--add-host=other:192.0.2.2',
        '--cap-drop=MKNOD',
        '--device=/dev/null:/dev/also-null',
        '--stop-signal=TERM',
        '--stop-timeout=1',
        '--shm-size=8m',
        '--pids-limit=50',
        '-m32m',
        '--memory-reservation=16m',
      ]
      const name = run(label, options, image, 'hog', 'stay')
      podman.cli('exec', name, 'sh', '-c', 'echo kept > /anonymous/a; echo kept > /unnamed/a')
      return name
    }

    it('makes one anew with every option, and brings the very old one back', async () => {
      const name = runRich('web')
      const before = inspect(name)
      const fix = await apply(name, limit(64 * MIB))
      expect(fix).toMatchObject({ state: 'applied', problem: null })
      expect(groupFile(name, 'memory.limit_in_bytes')).toBe(String(64 * MIB))
      expect(groupFile(name, 'memory.memsw.limit_in_bytes')).toBe(String(128 * MIB))
      expect(podman.cli('exec', name, 'cat', '/anonymous/a', '/unnamed/a')).toBe('kept\nkept\n')
      expect(podman.cli('exec', name, 'sh', '-c', 'echo $MODE $ADOPTED_TOKEN')).toBe(
        'one secret-9\n',
      )
      expect(differences(before, inspect(name))).toEqual([
        'Config.CreateCommand',
        'HostConfig.Memory',
        'HostConfig.MemorySwap',
      ])
      expect(
        JSON.stringify(fix.plan.steps.map(({ says, command }) => [says, command])),
      ).not.toContain('secret')

      expect((await undoFix(fix.id, workshop, { force: false })).state).toBe('undone')
      expect(names()).toEqual([name])
      expect(inspect(name)['Id']).toEqual(before['Id'])
      expect(differences(before, inspect(name))).toEqual([])
      expect(inspect(name)).toMatchObject({ State: { Running: true } })
    })

    it('changes variables, also of one that was changed before', async () => {
      const name = runRich('env')
      const first = await apply(name, limit(64 * MIB))
      const between = inspect(name)
      const second = await apply(name, {
        kind: 'environment',
        set: { MODE: 'two', GOMEMLIMIT: '48MiB' },
      })
      expect(second).toMatchObject({ state: 'applied', problem: null })
      expect(podman.cli('exec', name, 'sh', '-c', 'echo $MODE $GOMEMLIMIT $ADOPTED_TOKEN')).toBe(
        'two 48MiB secret-9\n',
      )
      expect(differences(between, inspect(name))).toEqual(['Config.CreateCommand', 'Config.Env'])
      await expect(undoFix(first.id, workshop, { force: false })).rejects.toThrow(/another fix/)
      await undoFix(second.id, workshop, { force: false })
      await undoFix(first.id, workshop, { force: false })
      expect(names()).toEqual([name])
    })

    it('starts one again that was killed', async () => {
      const name = run(
        'killed',
        ['--network=host', '-m', '32m', '--memory-swap=32m', image],
        'hog',
        'anon=64M',
        'stay',
      )
      podman.cli('wait', name)
      const fix = await apply(name, limit(128 * MIB))
      expect(fix).toMatchObject({ state: 'applied', problem: null })
      await until(
        'it has its memory',
        () => Number(groupFile(name, 'memory.usage_in_bytes')) > 64 * MIB,
      )
      // No swap beside the limit, as before.
      expect(groupFile(name, 'memory.memsw.limit_in_bytes')).toBe(String(128 * MIB))
    })

    it('leaves everything as it is where the new one cannot be made', async () => {
      const name = run('fails', ['--network=host', '-m', '32m', image], 'hog', 'anon=64M', 'stay')
      podman.cli('wait', name)
      rmSync('oom', { force: true })
      const before = inspect(name)
      const fix = await apply(name, limit(36 * MIB))
      expect(fix).toMatchObject({ state: 'rolled-back' })
      expect(fix.problem).toMatch(/ended at once, with exit code 137/)
      expect(names()).toEqual([name])
      expect(differences(before, inspect(name))).toEqual([])
      // conmon writes it where it was started.
      expect(existsSync('oom')).toBe(false)
    })

    it('does not touch what others make', async () => {
      const unit = ['--label=PODMAN_SYSTEMD_UNIT=web.service', '--network=host', '-m', '32m', image]
      await expect(plan(run('unit', unit, 'hog', 'stay'), limit(64 * MIB))).rejects.toThrow(
        /made by the systemd unit web\.service/,
      )
      const gone = run('gone', ['--rm', '--network=host', '-m', '32m', image], 'hog', 'stay')
      await expect(plan(gone, limit(64 * MIB))).rejects.toThrow(/--rm/)
      await expect(plan(`${PREFIX}-nobody`, limit(64 * MIB))).rejects.toThrow(/no container/)
    })
  },
)

/** What goes with an id, a start or the time, and is no option of anybody's. */
const BY_THE_WAY =
  /^(?:Id|Created|State|ResolvConfPath|HostnamePath|HostsPath|StaticDir|OCIConfigPath|ConmonPidFile|PidFile|GraphDriver|RestartCount|Config\.Annotations|HostConfig\.LogConfig\.Path|NetworkSettings\.(?:SandboxKey|Networks\.[^.]+\.MacAddress))(?:\.|$)/

function differences(one: unknown, other: unknown): string[] {
  return inspectDifferences(one, other, { byTheWay: BY_THE_WAY })
}
