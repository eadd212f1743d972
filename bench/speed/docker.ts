/**
 * What `stella why` on a dead container costs beside `docker inspect` of it: `node bench/speed/docker.ts`
 * A container of the bench's own is really killed at its limit; both commands are then run in turn and their medians compared.
 * Needs root and Docker's daemon; it is started with its own data and socket, and stopped again.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stopDocker, testDocker } from '../../test/support/docker.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const NAME = 'stella-bench-dead'
const ROUNDS = 15
/** What the explanation may cost above the engine's own answer, in milliseconds. */
const BAR_MS = 250

const docker = await testDocker()
try {
  await killOne()
  const inspect: number[] = []
  const why: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    inspect.push(milliseconds('docker', ['inspect', NAME]))
    why.push(milliseconds(process.execPath, [LAUNCHER, 'why', `docker:${NAME}`, '--json']))
  }
  const more = median(why) - median(inspect)
  process.stdout.write(
    `docker inspect ${median(inspect).toFixed(0)} ms, stella why ${median(why).toFixed(0)} ms: ` +
      `${more.toFixed(0)} ms more, medians of ${ROUNDS} (bar ${BAR_MS} ms)\n`,
  )
  process.exitCode = more <= BAR_MS ? 0 : 1
} finally {
  docker.tryCli('rm', '--force', NAME)
  await stopDocker()
}

async function killOne(): Promise<void> {
  const image = await docker.image()
  docker.tryCli('rm', '--force', NAME)
  docker.tryCli(
    'run',
    '--name',
    NAME,
    '--network=none',
    '--memory=32m',
    '--oom-score-adj=1000',
    image,
    'hog',
    'anon=64M',
  )
  const state = docker.cli('inspect', '--format', '{{.State.ExitCode}}', NAME).trim()
  if (state !== '137') throw new Error(`the container was not killed: exit code ${state}`)
}

function milliseconds(command: string, args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(command, args, { env: { ...process.env, ...docker.env } })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${String(stderr)}`)
  return performance.now() - start
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
