import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { must, words } from '../lib/exec.ts'

/** Docker or Podman in the guest; their storage lies on the scratch disk, for an overlay cannot lie on another. */
export interface Engine {
  /** Starts a container of 32 MiB that runs a shell script with the machine's own programs. */
  run(name: string, script: string): Promise<void>
  wait(name: string): Promise<void>
  command(...args: string[]): Promise<string>
  /** What an investigator asks the engine afterwards, by file name. */
  files(name: string): Promise<Record<string, string>>
}

/** Under emulation, beside other guests, a daemon takes its time. */
const PATIENCE_MS = 300_000
const SOCKET = '/var/run/docker.sock'

export async function startDocker(): Promise<Engine> {
  const end = Date.now() + PATIENCE_MS
  let daemon = startDaemon()
  while (!(await answers())) {
    if (Date.now() > end) throw new Error('dockerd does not answer; see dockerd.log')
    // It gives up where its containerd is late.
    if (daemon.exitCode !== null) daemon = startDaemon()
    await sleep(250)
  }
  return engine('docker', words('events --since 10m --until'), () => [
    String(Math.ceil(Date.now() / 1000)),
    '--format',
    '{{json .}}',
  ])
}

function startDaemon(): ChildProcess {
  const log = openSync('/out/dockerd.log', 'a')
  const folders = '--data-root=/scratch/docker --exec-root=/run/dockerd --storage-driver=overlay2'
  const daemon = spawn('dockerd', words(`${folders} --iptables=false --bridge=none`), {
    stdio: ['ignore', log, log],
    detached: true,
  })
  daemon.unref()
  closeSync(log)
  return daemon
}

/** Asked from here: a client of its own would take more of the emulated processor than the daemon. */
function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const call = get({ socketPath: SOCKET, path: '/_ping', timeout: 5_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    call.on('error', () => resolve(false))
    call.on('timeout', () => call.destroy())
  })
}

export async function startPodman(): Promise<Engine> {
  writeFileSync(
    '/run/containers.conf',
    '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
  )
  writeFileSync(
    '/run/storage.conf',
    '[storage]\ndriver = "overlay"\ngraphroot = "/scratch/podman"\nrunroot = "/run/podman"\n',
  )
  // Inherited by every podman, also by the one that stella asks.
  process.env['CONTAINERS_CONF'] = '/run/containers.conf'
  process.env['CONTAINERS_STORAGE_CONF'] = '/run/storage.conf'
  return engine('podman', words('events --stream=false --since 10m --format json'), () => [])
}

async function engine(
  program: string,
  events: readonly string[],
  moreEvents: () => string[],
): Promise<Engine> {
  const command: Engine['command'] = (...args) => must(program, args)
  await importImage(command)
  return {
    command,
    async run(name, script) {
      const flags = words(`run -d --name ${name} -m 32m --memory-swap 32m --network none`)
      const mounts = words('-v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro')
      await command(...flags, ...mounts, 'local/empty', '/usr/bin/bash', '-c', script)
    },
    async wait(name) {
      await command('wait', name)
    },
    async files(name) {
      const filter = ['--filter', `container=${name}`]
      return {
        'inspect.json': await command('inspect', name),
        'events.jsonl': await command(...events, ...moreEvents(), ...filter),
      }
    },
  }
}

/** An image of empty folders, where the machine's own are mounted. */
async function importImage(command: Engine['command']): Promise<void> {
  const root = '/scratch/empty'
  for (const folder of words('usr lib lib64 proc sys dev tmp'))
    mkdirSync(`${root}/${folder}`, { recursive: true })
  await must('tar', ['-C', root, '-cf', `${root}.tar`, '.'])
  await command('import', `${root}.tar`, 'local/empty')
}
