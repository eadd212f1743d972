/**
 * How long a syslog of 1 GiB with 4000 kills takes, as a whole process, beside `grep -F oom-kill:` on the same file in the page
 * cache: `node bench/speed/kernel-log.ts [FILE]`. Both run in turn, so that a busy machine slows both; the medians are compared.
 * Without FILE, one is written to the temporary folder and removed.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ROUNDS = 7
const BAR_TIME = 1.5
const BAR_BYTES = 150 * 1024 * 1024
const LOG_BYTES = 1024 ** 3
const KILLS = 4000
const FIXTURE = fileURLToPath(
  new URL('../../fixtures/kernel-log/own-limit.dmesg.txt', import.meta.url),
)
const ENTRY = fileURLToPath(new URL('kernel-log-read.ts', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'))
try {
  const log = process.argv[2] ?? join(folder, 'syslog')
  if (process.argv[2] === undefined) writeLog(log)
  await measure(log)
} finally {
  rmSync(folder, { recursive: true })
}

async function measure(log: string): Promise<void> {
  const program = await bundle()
  const grep: number[] = []
  const ours: number[] = []
  const peaks: number[] = []
  let reports = 0
  for (let round = 0; round < ROUNDS; round++) {
    grep.push(timed('grep', ['-F', 'oom-kill:', log]).seconds)
    const { seconds, stdout } = timed(process.execPath, [program, log])
    const told: unknown = JSON.parse(stdout)
    ours.push(seconds)
    peaks.push(numberIn(told, 'peakBytes'))
    reports = numberIn(told, 'reports')
  }
  const ratio = median(ours) / median(grep)
  const peak = Math.max(...peaks)
  process.stdout.write(
    `${reports} kills: grep ${median(grep).toFixed(2)} s, reader ${median(ours).toFixed(2)} s, ` +
      `ratio ${ratio.toFixed(2)} (bar ${BAR_TIME}), peak ${Math.round(peak / 1024 ** 2)} MiB (bar 150)\n`,
  )
  process.exitCode = ratio <= BAR_TIME && peak <= BAR_BYTES ? 0 : 1
}

/** As it is shipped: one file, without types. */
async function bundle(): Promise<string> {
  const file = join(folder, 'read.mjs')
  const build = await rolldown({ input: ENTRY, platform: 'node' })
  await build.write({ file, format: 'esm' })
  await build.close()
  return file
}

function timed(command: string, args: readonly string[]): { seconds: number; stdout: string } {
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  })
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
  return { seconds: (performance.now() - start) / 1000, stdout }
}

function numberIn(value: unknown, key: string): number {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : null
  if (typeof found !== 'number') throw new Error(`no ${key} in ${JSON.stringify(value)}`)
  return found
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Ordinary lines of several programs, and a full report with a PID of its own at even distances. */
function writeLog(path: string): void {
  const report = readFileSync(FIXTURE, 'utf8').trimEnd().split('\n')
  const ordinary = ordinaryLines()
  const fd = openSync(path, 'w')
  let written = 0
  let kills = 0
  for (let second = 0; written < LOG_BYTES; second++) {
    const prefix = `Nov ${String(1 + (Math.floor(second / 86_400) % 28)).padStart(2)} ${clock(second)} node-17 `
    const lines = Array.from({ length: 20 }, (_, i) => prefix + ordinary(second * 20 + i))
    if (kills < KILLS && written >= ((kills + 0.5) * LOG_BYTES) / KILLS) {
      const pid = 10_000 + kills++
      lines.push(...report.map((line) => `${prefix}kernel: ${withPid(line, pid)}`))
    }
    written += writeSync(fd, `${lines.join('\n')}\n`)
  }
  closeSync(fd)
}

function clock(second: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(second / 3600) % 24)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
}

function withPid(line: string, pid: number): string {
  return line.replace(/(?<=pid=|process |PID: |\[ *)\d{4,6}(?=\b)/, String(pid))
}

function ordinaryLines(): (index: number) => string {
  const words =
    'accepted connection closed session opened user for by Started Stopping service unit level=info msg="container" memory limit process eth0 link becomes ready CPU type=1400 id=7f3a status=200 GET /healthz took 12ms image layer sha256 OK'.split(
      ' ',
    )
  const programs = ['sshd[4711]', 'systemd[1]', 'dockerd[812]', 'kubelet[901]', 'CRON[3]', 'nginx']
  // A small generator of its own, so that every run writes the same file (Numerical Recipes).
  let state = 1
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  const lines = Array.from({ length: 5000 }, () => {
    const text = Array.from({ length: 6 + next(16) }, () => words[next(words.length)] ?? '')
    return `${programs[next(programs.length)] ?? ''}: ${text.join(' ')}`
  })
  return (index) => lines[index % lines.length] ?? ''
}
