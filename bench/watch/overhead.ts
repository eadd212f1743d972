/**
 * What `stella watch` costs while it runs: `node bench/watch/overhead.ts [GROUPS] [SECONDS]`
 * Over groups with a sleeping process each, a round each second. Beside it cAdvisor's housekeeping at the same interval, where its
 * program is in the cache (`GOBIN=… go install github.com/google/cadvisor/cmd@latest`, named by STELLA_CADVISOR). Processor time and
 * resident memory are the kernel's own figures of each process; memory is the most that was seen. Needs root, a C compiler and a
 * built stella; its groups are removed again.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { manyGroups } from '../speed/groups.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const GROUPS = Number(process.argv[2] ?? 1_000)
const SECONDS = Number(process.argv[3] ?? 60)
const CADVISOR = process.env['STELLA_CADVISOR'] ?? '/var/tmp/stella-cache/cadvisor/cmd'
/** Starting is not part of it. */
const WARM_UP_SECONDS = 8
const MEMORY_BAR_MIB = 90
/** USER_HZ, the unit of /proc/PID/stat on every Linux of today. */
const TICKS_PER_SECOND = 100

const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'))
await using _groups = await manyGroups(GROUPS)
process.stdout.write(
  `${GROUPS} groups with a process each, a round each second, ${SECONDS} s; ` +
    `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`,
)
try {
  const ours = await measure('stella watch', [
    process.execPath,
    LAUNCHER,
    'watch',
    '--quiet',
    '--data',
    folder,
  ])
  if (existsSync(CADVISOR)) {
    const theirs = await measure('cAdvisor', [
      CADVISOR,
      '--listen_ip=127.0.0.1',
      '--port=18081',
      '--housekeeping_interval=1s',
      '--max_housekeeping_interval=1s',
      '--allow_dynamic_housekeeping=false',
      '--docker_only=false',
    ])
    process.stdout.write(
      `stella / cAdvisor: processor ${(ours.share / theirs.share).toFixed(2)}, memory ${(ours.mib / theirs.mib).toFixed(2)}\n`,
    )
  } else process.stdout.write('cAdvisor is not there: not compared\n')
  const good = ours.mib <= MEMORY_BAR_MIB
  process.stdout.write(`bar: ${MEMORY_BAR_MIB} MiB: ${good ? 'held' : 'missed'}\n`)
  process.exitCode = good ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(
  name: string,
  argv: readonly string[],
): Promise<{ share: number; mib: number }> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { stdio: 'ignore' })
  const pid = child.pid ?? 0
  try {
    await pause(WARM_UP_SECONDS * 1_000)
    const before = processorSeconds(pid)
    const started = performance.now()
    let mib = 0
    while (performance.now() - started < SECONDS * 1_000) {
      await pause(1_000)
      mib = Math.max(mib, residentMib(pid))
    }
    const share = (processorSeconds(pid) - before) / ((performance.now() - started) / 1_000)
    process.stdout.write(
      `${name}: ${(share * 100).toFixed(1)} % of one processor, ${mib.toFixed(1)} MiB resident\n`,
    )
    return { share, mib }
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024
}
