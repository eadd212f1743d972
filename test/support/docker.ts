import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOG_IMAGE, imageReference, imageTar } from './images.ts'
import type { ImageRecipe } from './images.ts'
import { locked, runEngine, testbedFolder, tryRun, until } from './testbed.ts'

/** A Docker daemon of the tests' own: own data, own socket, own network namespace. */
export interface TestDocker {
  socket: string
  /** Environment that points any Docker client at it. */
  env: Record<string, string>
  cli(...args: string[]): string
  tryCli(...args: string[]): { status: number | null; stdout: string; stderr: string }
  /** Makes sure of an image and gives its name. */
  image(recipe?: ImageRecipe): Promise<string>
}

/** Starts the daemon unless it runs; it stays up for the other tests until `stopDocker`. */
export async function testDocker(): Promise<TestDocker> {
  const socket = join(testbedFolder('docker'), 'docker.sock')
  const env = { DOCKER_HOST: `unix://${socket}` }
  const docker: TestDocker = {
    socket,
    env,
    cli: (...args) => runEngine(['docker', ...args], { env }),
    tryCli: (...args) => tryRun(['docker', ...args], { env }),
    image: (recipe = HOG_IMAGE) => ensureImage(docker, recipe),
  }
  await locked('docker', () => start(docker))
  return docker
}

async function start(docker: TestDocker): Promise<void> {
  if (answers(docker)) return
  if (isRunning()) {
    // On a busy machine it is only late: a second one beside it would leave its PID in the file of the first.
    await until('dockerd answers', () => answers(docker), 60_000)
    return
  }
  const folder = testbedFolder('docker')
  rmSync(pidFile(), { force: true })
  const log = openSync(join(folder, 'dockerd.log'), 'w')
  // In a network namespace of its own it cannot touch the host's bridges and packet filter.
  const daemon = spawn(
    'unshare',
    [
      '--net',
      'dockerd',
      `--host=unix://${docker.socket}`,
      `--data-root=${join(folder, 'data')}`,
      `--exec-root=${join(folder, 'exec')}`,
      `--pidfile=${join(folder, 'dockerd.pid')}`,
      '--bridge=none',
      '--iptables=false',
      '--storage-driver=overlay2',
    ],
    { detached: true, stdio: ['ignore', log, log] },
  )
  daemon.unref()
  writeFileSync(pidFile(), String(daemon.pid))
  await until('dockerd answers', () => answers(docker), 60_000)
}

/** Stops the daemon that `testDocker` started, with its containers; does nothing where none runs. */
export async function stopDocker(): Promise<void> {
  await locked('docker', async () => {
    if (!existsSync(pidFile())) return
    const pid = Number(readFileSync(pidFile(), 'utf8'))
    const env = { DOCKER_HOST: `unix://${join(testbedFolder('docker'), 'docker.sock')}` }
    const alive = tryRun(['docker', 'ps', '--quiet'], { env })
    const ids = alive.stdout.split('\n').filter((line) => line !== '')
    if (ids.length > 0) tryRun(['docker', 'kill', ...ids], { env })
    if (isDockerd(pid)) process.kill(pid, 'SIGTERM')
    await until('dockerd ends', () => !isDockerd(pid), 30_000)
    rmSync(pidFile(), { force: true })
    unmountLeftovers(testbedFolder('docker'))
  })
}

/** The daemon makes a mount of its data root; it must not stay behind. */
function unmountLeftovers(folder: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((mount) => mount.startsWith(`${folder}/`))
  for (const mount of mounts.toSorted().toReversed()) tryRun(['umount', '--lazy', mount])
}

function answers(docker: TestDocker): boolean {
  return existsSync(docker.socket) && docker.tryCli('version').status === 0
}

function pidFile(): string {
  return join(testbedFolder('docker'), 'daemon.pid')
}

function isRunning(): boolean {
  return existsSync(pidFile()) && isDockerd(Number(readFileSync(pidFile(), 'utf8')))
}

/** A PID alone is no identity: it may be another's by now. */
function isDockerd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(testbedFolder('docker'))
  } catch {
    return false
  }
}

async function ensureImage(docker: TestDocker, recipe: ImageRecipe): Promise<string> {
  const name = imageReference(recipe)
  if (docker.tryCli('image', 'inspect', name).status === 0) return name
  await locked(`image-${recipe.name.replace('/', '-')}`, async () => {
    if (docker.tryCli('image', 'inspect', name).status === 0) return
    docker.cli('import', await imageTar(recipe), name)
  })
  return name
}
