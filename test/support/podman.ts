import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOG_IMAGE, imageReference, imageTar } from './images.ts'
import type { ImageRecipe } from './images.ts'
import { locked, runEngine, testbedFolder, tryRun, until } from './testbed.ts'

/** Podman with storage of the tests' own. */
export interface TestPodman {
  /** Environment with which any `podman` uses that storage. */
  env: Record<string, string>
  cli(...args: string[]): string
  tryCli(...args: string[]): { status: number | null; stdout: string; stderr: string }
  image(recipe?: ImageRecipe): Promise<string>
  /** Starts the API service; `stop` ends it. */
  service(): Promise<{ socket: string; stop(): Promise<void> }>
}

export function testPodman(): TestPodman {
  const folder = testbedFolder('podman')
  const env = configuration(folder)
  const podman: TestPodman = {
    env,
    // Its conmon leaves a file named oom where it was started.
    cli: (...args) => runEngine(['podman', ...args], { env, cwd: folder }),
    tryCli: (...args) => tryRun(['podman', ...args], { env, cwd: folder }),
    image: (recipe = HOG_IMAGE) => ensureImage(podman, recipe),
    service: () => startService(env, folder),
  }
  return podman
}

/** Defaults ask for more open files and processes than a container without CAP_SYS_RESOURCE may set; crun refuses hybrid hosts. */
function configuration(folder: string): Record<string, string> {
  const containers = join(folder, 'containers.conf')
  const storage = join(folder, 'storage.conf')
  writeFileSync(
    containers,
    `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "${join(folder, 'tmp')}"
`,
  )
  writeFileSync(
    storage,
    `[storage]
driver = "overlay"
graphroot = "${join(folder, 'root')}"
runroot = "${join(folder, 'run')}"
`,
  )
  return { CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage }
}

async function ensureImage(podman: TestPodman, recipe: ImageRecipe): Promise<string> {
  const name = imageReference(recipe)
  await locked(`podman-image-${recipe.name.replace('/', '-')}`, async () => {
    if (podman.tryCli('image', 'exists', name).status === 0) return
    podman.cli('import', await imageTar(recipe), name)
  })
  return name
}

async function startService(
  env: Record<string, string>,
  folder: string,
): Promise<{ socket: string; stop(): Promise<void> }> {
  const socket = join(folder, `api-${process.pid}.sock`)
  const service = spawn('podman', ['system', 'service', '--time=0', `unix://${socket}`], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    cwd: folder,
  })
  await until('podman answers', () => existsSync(socket))
  return {
    socket,
    stop: async () => {
      service.kill('SIGTERM')
      await until(
        'podman service ends',
        () => service.exitCode !== null || service.signalCode !== null,
      )
    },
  }
}
