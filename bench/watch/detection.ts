/**
 * How soon a kill is recorded, beside `docker events` in the same run: `node bench/watch/detection.ts [KILLS]`
 * Kills containers at their limit one after the other, with a running `stella watch` and a running `docker events`. Zero is the
 * kernel's own time of its report; stella's end is its journal's time, which is taken before it is told; Docker's is the arrival of its
 * line here. Needs root, Docker, a C compiler and a built stella; daemon, containers and folders are its own.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { stopDocker, testDocker } from '../../test/support/docker.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const KILLS = Number(process.argv[2] ?? 100)
const BARS = { p50: 50, p99: 250 }

interface Told {
  /** The kernel's time, milliseconds. */
  kernel: number
  stella: number
  docker: number | null
}

const docker = await testDocker()
const image = await docker.image()
const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'))
const told = new Map<string, Told>()
const oomAt = new Map<string, number>()

const watching = spawn(process.execPath, [LAUNCHER, 'watch', '--json', '--data', folder], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, ...docker.env },
})
createInterface({ input: watching.stdout }).on('line', (line) => {
  const entry: {
    kind: string
    at: string
    revision?: number
    case?: { at: string | null; subject: { id: string | null } }
  } = JSON.parse(line)
  const id = entry.case?.subject.id ?? null
  const at = entry.case?.at ?? null
  if (entry.kind !== 'case' || entry.revision !== 1 || id === null || at === null) return
  told.set(id, { kernel: Date.parse(at), stella: Date.parse(entry.at), docker: null })
})
const events = spawn('docker', ['events', '--filter', 'event=oom', '--format', '{{.ID}}'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, ...docker.env },
})
createInterface({ input: events.stdout }).on('line', (id) => oomAt.set(id.trim(), Date.now()))

try {
  await pause(3_000)
  const ids: string[] = []
  for (let round = 0; round < KILLS; round++) {
    const options = ['--detach', '--network=none', '--memory=16m', '--memory-swap=16m']
    const id = await ask('run', ...options, image, 'hog', 'sleep=150', 'anon=64M')
    ids.push(id)
    await ask('wait', id)
  }
  await pause(3_000)
  const stella = ids.flatMap((id) => {
    const one = told.get(id)
    return one === undefined ? [] : [one.stella - one.kernel]
  })
  const dockers = ids.flatMap((id) => {
    const one = told.get(id)
    const at = oomAt.get(id)
    return one === undefined || at === undefined ? [] : [at - one.kernel]
  })
  docker.tryCli('rm', '--force', ...ids)
  process.stdout.write(
    `${KILLS} containers killed at their limit; ${cpus()[0]?.model}, Node ${process.version}\n`,
  )
  process.stdout.write(`stella watch   ${inWords(stella)}\n`)
  process.stdout.write(`docker events  ${inWords(dockers)}\n`)
  const good =
    stella.length === KILLS && at(stella, 0.5) <= BARS.p50 && at(stella, 0.99) <= BARS.p99
  process.stdout.write(
    `bar: all of them, p50 ${BARS.p50} ms, p99 ${BARS.p99} ms: ${good ? 'held' : 'missed'}\n`,
  )
  process.exitCode = good ? 0 : 1
} finally {
  for (const child of [watching, events]) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
  await stopDocker()
}

/** Without holding up who listens. */
async function ask(...args: string[]): Promise<string> {
  const env = { ...process.env, ...docker.env }
  return (await promisify(execFile)('docker', args, { env })).stdout.trim()
}

function inWords(values: readonly number[]): string {
  const figures = [0.5, 0.9, 0.99, 1].map((share) => `${at(values, share)}`)
  return `${values.length} told; p50 ${figures[0]} ms, p90 ${figures[1]} ms, p99 ${figures[2]} ms, most ${figures[3]} ms`
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
