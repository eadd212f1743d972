/**
 * What `stella top` costs while it runs: `node bench/speed/top.ts [GROUPS] [SECONDS]`
 * Once as plain rows and once on a screen (a terminal of 24 lines and 80 columns from script(1)), over groups with a
 * sleeping process each. Processor time and resident memory are the kernel's own figures for its process; memory is the
 * most that was seen. Needs root, a C compiler and a built stella; its groups are removed again.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { manyGroups } from './groups.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const GROUPS = Number(process.argv[2] ?? 300)
const SECONDS = Number(process.argv[3] ?? 30)
/** Starting is not part of it. */
const WARM_UP_SECONDS = 5
/** Share of one processor. */
const CPU_BAR = 0.05
const MEMORY_BAR_MIB = 90
/** USER_HZ, the unit of /proc/PID/stat on every Linux of today. */
const TICKS_PER_SECOND = 100

const COMMAND = [process.execPath, LAUNCHER, 'top', '--interval', '1s']

await using _groups = await manyGroups(GROUPS)
process.stdout.write(
  `${GROUPS} groups with a process each, a round each second, ${SECONDS} s; ` +
    `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`,
)
const results = [await measure('plain', ['--count', '1000000']), await measure('screen', null)]
process.exitCode = results.every((good) => good) ? 0 : 1

async function measure(name: string, plainFlags: readonly string[] | null): Promise<boolean> {
  const child = plainFlags === null ? startOnScreen() : start([...COMMAND, ...plainFlags])
  // Read, so that it never waits for us.
  child.stdout?.resume()
  try {
    await pause(WARM_UP_SECONDS * 1_000)
    const pid = plainFlags === null ? onlyChild(child.pid ?? 0) : (child.pid ?? 0)
    const before = processorSeconds(pid)
    const started = performance.now()
    let largest = 0
    while (performance.now() - started < SECONDS * 1_000) {
      await pause(1_000)
      largest = Math.max(largest, residentMib(pid))
    }
    const share = (processorSeconds(pid) - before) / ((performance.now() - started) / 1_000)
    process.stdout.write(
      `${name}: ${(share * 100).toFixed(1)} % of one processor (bar ${CPU_BAR * 100} %), ` +
        `${largest.toFixed(1)} MiB resident (bar ${MEMORY_BAR_MIB} MiB)\n`,
    )
    return share < CPU_BAR && largest < MEMORY_BAR_MIB
  } finally {
    if (plainFlags === null) child.stdin?.write('q')
    else child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

function start(argv: readonly string[]): ChildProcess {
  const [program = '', ...args] = argv
  return spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm-256color' },
  })
}

function startOnScreen(): ChildProcess {
  return start([
    'script',
    '--quiet',
    '--flush',
    '--command',
    `stty rows 24 columns 80; exec ${COMMAND.join(' ')}`,
    '/dev/null',
  ])
}

function onlyChild(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return Number(children[0])
}

function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}
