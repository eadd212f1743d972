/** The machine of a cluster's node: this one, with a network, mounts and cgroups that are the node's alone. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { portOf } from '../port-of.ts'
import { until } from '../testbed.ts'
import { removeGroups } from '../group-removal.ts'
import { createGroups } from './groups.ts'

/** The node's address in its own network, and the API server's for pods. */
export const NODE_ADDRESS = '10.85.255.1'
export const SERVICE_ADDRESS = '10.96.0.1'

export interface NodeSpace {
  folder: string
  /** Inside every cgroup hierarchy: `/stella-test-…`. */
  group: string
  /** What runs a program with the node's network and mounts. */
  within: readonly string[]
  /** Starts a program of the node; its words go to `NAME.log`. */
  start(name: string, argv: readonly string[]): ChildProcess
  /** Gives a port of this machine's loopback that leads to one of the node's. */
  open(port: number): Promise<number>
  /** Kills all that was started here, and whatever that started. */
  remove(): Promise<void>
}

/**
 * What a kubelet sets for the whole machine. It finds files here that hold it already, and the machine keeps its own.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/util/sysctl/sysctl.go
 */
const SYSCTLS: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
}

/** Programs write below these whatever they are told, so the node has its own. */
const OWN_FOLDERS = { lib: '/var/lib', log: '/var/log' }

const SET_UP = `set -e
folder=$1
ip link set lo up
ip address add ${SERVICE_ADDRESS}/32 dev lo
ip link add eth0 type veth peer name cable0
ip link set cable0 up
ip address add ${NODE_ADDRESS}/24 dev eth0
ip link set eth0 up
ip route add default dev eth0
mount --make-rshared /
${Object.entries(OWN_FOLDERS)
  .map(([name, place]) => `mount --bind "$folder/${name}" ${place}`)
  .join('\n')}
mount -t tmpfs -o mode=755 run /run
${Object.keys(SYSCTLS)
  .map((key) => `mount --bind "$folder/sysctl/${key.replaceAll('/', '.')}" /proc/sys/${key}`)
  .join('\n')}
echo yes >"$folder/set-up"
exec sleep infinity`

export async function createSpace(folder: string, group: string): Promise<NodeSpace> {
  for (const name of [...Object.keys(OWN_FOLDERS), 'sysctl'])
    mkdirSync(join(folder, name), { recursive: true })
  for (const [key, value] of Object.entries(SYSCTLS))
    writeFileSync(join(folder, 'sysctl', key.replaceAll('/', '.')), `${value}\n`)
  const joining = createGroups(group)
  const holder = launch(folder, 'space', joining, [
    ...['unshare', '--mount', '--net'],
    ...['sh', '-c', SET_UP, 'space', folder],
  ])
  await until(
    `the node's space is set up: ${join(folder, 'space.log')}`,
    () => existsSync(join(folder, 'set-up')),
    5_000,
  )
  const within = ['nsenter', `--target=${holder.pid}`, '--mount', '--net']
  const start = (name: string, argv: readonly string[]): ChildProcess =>
    launch(folder, name, joining, [...within, ...argv])
  return {
    folder,
    group,
    within,
    start,
    open: (port) => openDoor(port, joining, within, folder),
    remove: () => removeSpace(folder, group),
  }
}

/** Also what a test that was killed left behind. */
export async function removeSpace(folder: string, group: string): Promise<void> {
  await removeGroups(group)
  rmSync(folder, { recursive: true, force: true })
}

/** Where the test dies, its programs do; what they started is found in their group. */
function launch(
  folder: string,
  name: string,
  joining: readonly string[],
  argv: readonly string[],
): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), 'a')
  const [program = '', ...args] = joined(joining, argv)
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] })
  child.unref()
  return child
}

function joined(joining: readonly string[], argv: readonly string[]): string[] {
  const join = `for procs in ${joining.join(' ')}; do echo $$ >$procs || exit 1; done; exec "$@"`
  return ['setpriv', '--pdeathsig=KILL', 'sh', '-c', join, 'join', ...argv]
}

/** This machine's socket is handed to a process in the node's network, which passes on what comes. */
async function openDoor(
  port: number,
  joining: readonly string[],
  within: readonly string[],
  folder: string,
): Promise<number> {
  const log = openSync(join(folder, 'door.log'), 'a')
  const door = fileURLToPath(new URL('./door.ts', import.meta.url))
  const argv = [...within, process.execPath, door, String(port)]
  const [program = '', ...args] = joined(joining, argv)
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log, 'ipc'] })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const open = portOf(server.address())
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', () =>
      reject(new Error(`the door did not open: ${join(folder, 'door.log')}`)),
    )
    child.send('door', server)
  })
  server.close()
  child.disconnect()
  child.unref()
  return open
}
