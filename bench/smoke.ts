/**
 * That every benchmark still runs and prints its figures: `node bench/smoke.ts`. The figures themselves are not judged here,
 * because a busy machine says nothing about speed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))

interface Benchmark {
  file: string
  args: readonly string[]
  prints: RegExp
}

const BENCHMARKS: readonly Benchmark[] = [
  { file: 'speed/help.ts', args: [], prints: /ratio \d/ },
  {
    file: 'speed/kernel-log.ts',
    args: [`${HERE}../fixtures/kernel-log/own-limit.dmesg.txt`],
    prints: /1 kills: grep .* ratio \d/,
  },
  { file: 'speed/docker.ts', args: [], prints: /\d ms more/ },
  { file: 'speed/round.ts', args: ['20'], prints: /ratio \d/ },
  { file: 'speed/top.ts', args: ['20', '5'], prints: /screen: \d/ },
  { file: 'audit/speed.ts', args: ['60', '1'], prints: /stella: .* ms for a manifest/ },
  { file: 'audit/find.ts', args: ['10'], prints: /10 mistakes: stella found \d/ },
  {
    file: 'audit/charts.ts',
    args: [`${HERE}../fixtures/audit`],
    prints: /\d files: .* 0 files read differently/,
  },
  { file: 'memory/sbom-formats.ts', args: ['5000'], prints: /table: .* MiB live/ },
  { file: 'runbooks/overhead.ts', args: ['5', '1'], prints: /engine and journal: \d.* ms a step/ },
  { file: 'watch/overhead.ts', args: ['20', '3'], prints: /stella watch: \d/ },
  { file: 'watch/detection.ts', args: ['3'], prints: /stella watch +3 told/ },
  { file: 'watch/intake.ts', args: ['4', '2', '20'], prints: /(\d+) sent in .* \1 kept/ },
]

let failed = 0
for (const { file, args, prints } of BENCHMARKS) {
  const { stdout, stderr } = spawnSync(process.execPath, [`${HERE}${file}`, ...args], {
    encoding: 'utf8',
  })
  const works = prints.test(stdout)
  if (!works) failed++
  process.stdout.write(
    works ? `${file}: ${stdout.trim()}\n` : `${file} printed no figures:\n${stdout}${stderr}\n`,
  )
}
process.exitCode = failed === 0 ? 0 : 1
