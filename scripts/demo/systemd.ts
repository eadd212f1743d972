import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { exec, words } from '../lib/exec.ts'
import { NEEDED_MIB, outcomeOf, WORKLOAD, type Arena, type Room } from './room.ts'

const CGROUPS = '/sys/fs/cgroup'

/** A unit of the user's own systemd: neither root nor a container engine. */
export const systemdArena: Arena = {
  id: 'systemd',
  name: 'a unit of your systemd',
  async whyNot() {
    if (!existsSync(join(CGROUPS, 'cgroup.controllers')))
      return 'a user unit is limited on cgroup v2 only'
    const answer = await exec('systemctl', ['--user', 'show-environment'], { timeoutMs: 10_000 })
    return answer.exitCode === 0 ? null : 'no systemd of this user answers'
  },
  async open(name, limitBytes) {
    const unit = `${name}.service`
    const args = [
      ...words(`--user --quiet --pipe --collect --unit=${unit}`),
      ...words(`-p MemoryMax=${limitBytes} -p MemorySwapMax=0`),
      // Without it systemd takes the unit away at the kill, and the unit's counters with it.
      ...words('-p OOMPolicy=continue -p OOMScoreAdjust=1000'),
    ]
    // The shell waits until the limit was read back, and stays when the workload is dead.
    const script = 'cat /proc/self/cgroup; read -r go; "$@"; echo "ended $?"; exec sleep 600'
    const command = [process.execPath, WORKLOAD, String(NEEDED_MIB)]
    const child = spawn('systemd-run', [...args, 'sh', '-c', script, 'sh', ...command], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const close = async (): Promise<void> => {
      await exec('systemctl', ['--user', 'kill', '--signal=KILL', unit], { timeoutMs: 10_000 })
      child.kill('SIGKILL')
    }
    try {
      return await roomOf(child, `systemd-run ${args.join(' ')}`, limitBytes, close)
    } catch (error) {
      await close()
      throw error
    }
  },
}

async function roomOf(
  child: ChildProcessByStdio<Writable, Readable, null>,
  shown: string,
  limitBytes: number,
  close: () => Promise<void>,
): Promise<Room> {
  const [first]: unknown[] = await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  const path = /^0::(\/.*)$/m.exec(String(first))?.[1]
  if (path === undefined) throw new Error('systemd did not start the unit')
  const found = readFileSync(join(CGROUPS, path, 'memory.max'), 'utf8').trim()
  if (found !== String(limitBytes)) throw new Error(`memory.max reads back as ${found}`)
  return {
    target: `cgroup:${path}`,
    made: [`cat ${join(CGROUPS, path, 'memory.max')}`],
    limitBytes,
    runs: `${shown} node scripts/demo/workload.ts ${NEEDED_MIB}`,
    start() {
      const outcome = outcomeOf(child, child.stdout)
      child.stdin.end('go\n')
      return outcome
    },
    close,
  }
}
