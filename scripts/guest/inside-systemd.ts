/**
 * Runs in a guest: starts a systemd of its own as the first process of a PID namespace, gives a unit another limit and takes
 * it back, and makes a place for workers of the scanner in a unit that has its group handed over. Writes down what systemd and
 * the kernel said. `node scripts/guest/inside-systemd.ts HOG`
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MIB } from '../../src/model/bytes.ts'
import { systemd } from '../../src/remedy/platforms/systemd/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import type { WorkersPlayed } from './inside-workers.ts'
import { until } from './lab.ts'

/** What was seen before, after the fix, and after the undo. */
export interface SystemdPlayed {
  /** By the setting that the unit had before. */
  units: Readonly<Record<string, readonly Seen[]>>
  workers: WorkersPlayed
}

export interface Seen {
  /** As systemctl shows it. */
  memoryMax: string
  /** memory.max of the unit's group. */
  limit: string
  /** The drop-ins of set-property, those for good and those until the boot; null: there is none. */
  dropIns: readonly (string | null)[]
}

const UNITS = '/run/systemd/system'
/** Only what a unit needs: no udev, no log, no login. */
const BARE = '[Unit]\nDefaultDependencies=no\n'
/** The setting that each unit has before: none, one of its own file, one for good, one until the boot. */
const SETTINGS = ['none', 'file', 'persistent', 'runtime'] as const

const [program = '', where] = process.argv.slice(2)
if (where === 'inside') writeFileSync('/out/systemd.json', JSON.stringify(await play()))
else await boot()

async function boot(): Promise<void> {
  mkdirSync(UNITS, { recursive: true })
  writeFileSync(`${UNITS}/bare.target`, BARE)
  for (const setting of SETTINGS) {
    const own = setting === 'file' ? `MemoryMax=${32 * MIB}\n` : ''
    writeFileSync(
      `${UNITS}/${setting}.service`,
      `${BARE}[Service]\nExecStart=/bin/sleep 1000\n${own}`,
    )
  }
  mkdirSync('/sys/fs/cgroup/systemd')
  // Only systemd itself may live in its root group, or no group below gets the memory controller.
  const enter = 'echo 0 >/sys/fs/cgroup/systemd/cgroup.procs; exec unshare --cgroup bash -c "$0"'
  const start = [
    'umount /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup',
    'exec env container=stella /lib/systemd/systemd --unit=bare.target --log-target=null',
  ].join('; ')
  const namespaces = ['--pid', '--mount', '--fork', '--mount-proc']
  const child = spawn('unshare', [...namespaces, 'bash', '-c', enter, start], { stdio: 'inherit' })
  await until('systemd answers', () => existsSync('/run/systemd/private'))
  const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
  const self = [process.execPath, process.argv[1] ?? '', program, 'inside']
  const target = ['--target', pid, '--pid', '--mount', '--cgroup']
  try {
    execFileSync('nsenter', [...target, ...self], { stdio: 'inherit' })
  } finally {
    // All that systemd started ends with it.
    process.kill(Number(pid), 'SIGKILL')
  }
}

async function play(): Promise<SystemdPlayed> {
  const units: Record<string, readonly Seen[]> = {}
  for (const setting of SETTINGS) {
    const unit = `${setting}.service`
    execFileSync('systemctl', ['start', unit])
    if (setting === 'persistent' || setting === 'runtime') {
      const runtime = setting === 'runtime' ? ['--runtime'] : []
      execFileSync('systemctl', ['set-property', ...runtime, unit, `MemoryMax=${32 * MIB}`])
    }
    units[setting] = await fix(unit)
  }
  return { units, workers: playWorkers() }
}

/** As deploy/systemd/stella-workers@.service has it. There is no bus that `systemd-run --wait` could ask. */
function playWorkers(): WorkersPlayed {
  const played = '/run/workers.json'
  // Beside this one, as both are built.
  const play = join(dirname(process.argv[1] ?? ''), 'inside-workers.js')
  const unit = [
    'Type=oneshot',
    `ExecStart=${process.execPath} ${play} ${program} "as a user"`,
    `StandardOutput=truncate:${played}`,
    'User=nobody',
    'Delegate=memory',
    'OOMPolicy=continue',
  ]
  writeFileSync(`${UNITS}/workers.service`, `${BARE}[Service]\n${unit.join('\n')}\n`)
  execFileSync('systemctl', ['daemon-reload'])
  execFileSync('systemctl', ['start', 'workers.service'])
  return JSON.parse(readFileSync(played, 'utf8'))
}

async function fix(unit: string): Promise<Seen[]> {
  const hands = { reader: hostReader(), signal: new AbortController().signal }
  const change = { kind: 'limit', limitBytes: 64 * MIB, requestBytes: null } as const
  const target = { kind: 'unit', name: unit } as const
  const before = see(unit)
  const { steps } = await systemd.plan({ target, change, recreate: false }, hands)
  for (const step of steps) await systemd.carryOut(step, hands)
  const during = see(unit)
  for (const step of steps) await systemd.takeBack(step, hands, { force: false })
  return [before, during, see(unit)]
}

function see(unit: string): Seen {
  const show = ['show', '--value', `--property=MemoryMax`, unit]
  const dropIn = (folder: string): string | null => {
    const file = `${folder}/systemd/system.control/${unit}.d/50-MemoryMax.conf`
    return existsSync(file) ? readFileSync(file, 'utf8') : null
  }
  const group = execFileSync('systemctl', ['show', '--value', '--property=ControlGroup', unit])
  return {
    memoryMax: execFileSync('systemctl', show).toString().trim(),
    limit: readFileSync(`/sys/fs/cgroup${group.toString().trim()}/memory.max`, 'utf8').trim(),
    dropIns: [dropIn('/etc'), dropIn('/run')],
  }
}
