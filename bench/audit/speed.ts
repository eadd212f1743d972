/**
 * How long a folder of manifests takes, beside other linters: `node bench/audit/speed.ts [MANIFESTS] [ROUNDS]`
 * All are whole processes, started in turn round by round, so that a busy machine slows all of them; medians are compared, and the
 * ratio of each round. Memory is the highest that /proc shows of a process, looked at every 2 ms. `node bench/audit/peers.ts`
 * installs the others; one that is not there is left out. Linux only.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifests } from './manifests.ts'
import { peer } from './peers.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const MANIFESTS = 2_000
const ROUNDS = 7
const MIB = 1024 ** 2

interface Run {
  seconds: number
  peakBytes: number
}

interface Linter {
  name: string
  program: string
  args: readonly string[]
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? MANIFESTS)
  const rounds = Number(process.argv[3] ?? ROUNDS)
  const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'))
  try {
    const paths = written(folder, count)
    const all = linters(folder, paths)
    const runs = new Map(all.map(({ name }): [string, Run[]] => [name, []]))
    for (let round = 0; round <= rounds; round++) {
      for (const linter of all) {
        const run = await measured(linter)
        // The first round fills the page cache.
        if (round > 0) runs.get(linter.name)?.push(run)
      }
    }
    for (const [name, own] of runs) {
      process.stdout.write(`${lineOf(name, own, runs.get('stella') ?? [], count)}\n`)
    }
    process.exitCode = [...runs.values()].every((own) => isNoSlower(runs.get('stella') ?? [], own))
      ? 0
      : 1
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function written(folder: string, count: number): string[] {
  let bytes = 0
  const paths = [...manifests(count)].map(({ path, text }) => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    bytes += text.length
    return file
  })
  process.stdout.write(`${paths.length} manifests, ${(bytes / MIB).toFixed(1)} MiB\n`)
  return paths
}

function linters(folder: string, paths: readonly string[]): Linter[] {
  const score = peer('kube-score')
  const linter = peer('kube-linter')
  return [
    { name: 'stella', program: process.execPath, args: [LAUNCHER, 'audit', '--quiet', folder] },
    ...(score === null
      ? []
      : [
          {
            name: 'kube-score',
            program: score,
            args: ['score', '--output-format', 'ci', ...paths],
          },
        ]),
    ...(linter === null ? [] : [{ name: 'kube-linter', program: linter, args: ['lint', folder] }]),
  ]
}

async function measured({ name, program, args }: Linter): Promise<Run> {
  const start = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] })
  let peakBytes = 0
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWater(child.pid ?? 0))
  }, 2)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
  clearInterval(look)
  // A linter that finds something exits with 1.
  if (code !== 0 && code !== 1) throw new Error(`${name} ended with ${code}`)
  return { seconds: (performance.now() - start) / 1000, peakBytes }
}

function highWater(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function lineOf(name: string, runs: readonly Run[], own: readonly Run[], count: number): string {
  const seconds = median(runs.map((run) => run.seconds))
  const peak = median(runs.map((run) => run.peakBytes))
  const ratio = median(own.map((run, round) => run.seconds / (runs[round]?.seconds ?? Number.NaN)))
  return (
    `${name}: ${seconds.toFixed(2)} s, ${((seconds * 1000) / count).toFixed(2)} ms for a manifest, ` +
    `peak ${Math.round(peak / MIB)} MiB${name === 'stella' ? '' : `; stella takes ${ratio.toFixed(2)} of its time (bar 1)`}`
  )
}

function isNoSlower(own: readonly Run[], other: readonly Run[]): boolean {
  return median(own.map((run, round) => run.seconds / (other[round]?.seconds ?? Number.NaN))) <= 1
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

await main()
