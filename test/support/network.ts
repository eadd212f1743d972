/** Machines of a test: network namespaces with a cable from each to the first. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, tryRun } from './testbed.ts'

export interface TestNetwork {
  /** What runs a program on the hub, which reaches every machine. */
  readonly hub: readonly string[]
  readonly machines: readonly TestMachine[]
  remove(): void
}

export interface TestMachine {
  name: string
  /** What runs a program on it, with a machine-id and a name of its own. */
  within: readonly string[]
  /** Address of the hub on its cable. */
  hubAddress: string
  cut(): void
  heal(): void
}

/**
 * Makes a hub and machines; programs on them share kernel, files and processes with this one.
 *
 * @param names a few letters each
 */
export function createNetwork(names: readonly string[]): TestNetwork {
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-network-'))
  const space = (name: string): string => `stella-test-${process.pid}-${name}`
  const remove = (): void => {
    for (const name of ['hub', ...names]) tryRun(['ip', 'netns', 'delete', space(name)])
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    addSpace(space('hub'))
    const machines = names.map((name, at): TestMachine => {
      addSpace(space(name))
      const hubAddress = `10.213.${at}.1`
      const [near, far] = [`st${process.pid}-${at}h`, `st${process.pid}-${at}m`]
      run(['ip', 'link', 'add', near, 'netns', space('hub'), 'type', 'veth', 'peer', far])
      run(['ip', 'link', 'set', far, 'netns', space(name)])
      address(space('hub'), near, `${hubAddress}/24`)
      address(space(name), far, `10.213.${at}.2/24`)
      const link = (state: string): string =>
        run(['ip', '-n', space('hub'), 'link', 'set', near, state])
      const id = join(folder, name)
      writeFileSync(id, `${String(at + 1).repeat(32)}\n`)
      return {
        name,
        within: [
          ...inside(space(name)),
          ...['unshare', '--mount', '--uts', 'sh', '-c'],
          'hostname "$0" && mount --bind "$1" /etc/machine-id && shift && exec "$@"',
          name,
          id,
        ],
        hubAddress,
        cut: () => void link('down'),
        heal: () => void link('up'),
      }
    })
    return { hub: inside(space('hub')), machines, remove }
  } catch (error) {
    remove()
    throw error
  }
}

function inside(space: string): string[] {
  return ['nsenter', `--net=/run/netns/${space}`]
}

function addSpace(space: string): void {
  run(['ip', 'netns', 'add', space])
  run(['ip', '-n', space, 'link', 'set', 'lo', 'up'])
}

function address(space: string, device: string, cidr: string): void {
  run(['ip', '-n', space, 'address', 'add', cidr, 'dev', device])
  run(['ip', '-n', space, 'link', 'set', device, 'up'])
}
