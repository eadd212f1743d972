import { setTimeout as sleep } from 'node:timers/promises'
import { startDocker, startPodman, type Engine } from '../engines.ts'
import { holding } from '../lab.ts'
import { same, type Expectation, type Scenario } from '../scenario.ts'

const engines = new Map<string, Engine>()
const STARTS = { docker: startDocker, podman: startPodman } as const

/** Containers on cgroup v2, where the engine's flag tells less than the kernel, or something else. */
export const CONTAINER_SCENARIOS: readonly Scenario[] = [
  container(
    'docker',
    'own-limit',
    'The main process of a Docker container is killed at its limit.',
    {
      script: `exec ${holding('app', 110)}`,
      expect: same('oom-own-limit', { mainProcessDied: true, binding: null, victim: 'app' }),
    },
  ),
  container(
    'docker',
    'child-killed',
    'A child is killed; Docker says OOMKilled=false while the container runs.',
    {
      script: `${holding('worker', 110)}; exec sleep 1000`,
      expect: same('oom-own-limit', { mainProcessDied: false, binding: null, victim: 'worker' }),
      lives: true,
    },
  ),
  container(
    'docker',
    'child-killed-exit-0',
    'A child is killed, the main process ends well; Docker says OOMKilled=true.',
    {
      script: `${holding('worker', 110)}; exit 0`,
      expect: same('oom-own-limit', { mainProcessDied: false, binding: null, victim: 'worker' }),
    },
  ),
  container(
    'docker',
    'kill',
    'docker kill ends a container that is far from its limit: 137 without an OOM kill.',
    {
      script: 'exec sleep 1000',
      async afterwards(engine, name) {
        await engine.command('kill', name)
      },
      expect: same('killed-not-memory', { mainProcessDied: true, binding: null, victim: null }),
    },
  ),
  container(
    'podman',
    'own-limit',
    'A Podman container is killed at its limit; Podman 4.3 says OOMKilled=false.',
    {
      script: `exec ${holding('app', 110)}`,
      expect: same('oom-own-limit', { mainProcessDied: true, binding: null, victim: 'app' }),
    },
  ),
]

interface Story {
  script: string
  expect: Expectation
  /** The main process is still there when it is asked about. */
  lives?: boolean
  afterwards?(engine: Engine, name: string): Promise<void>
}

function container(
  program: keyof typeof STARTS,
  story: string,
  says: string,
  told: Story,
): Scenario {
  const name = `${program}-${story}`
  return {
    name,
    says,
    // The rules are the same on every kernel, and an emulated daemon is slow: one kernel tells it all.
    kernels: ['6.1'],
    groups: [],
    target: `${program}:${name}`,
    expect: told.expect,
    async run() {
      const engine = engines.get(program) ?? (await STARTS[program]())
      engines.set(program, engine)
      await engine.run(name, told.script)
      if (told.lives === true) await sleep(4_000)
      await told.afterwards?.(engine, name)
      if (told.lives !== true) await engine.wait(name)
      return { exitCode: null, files: await engine.files(name) }
    },
  }
}
