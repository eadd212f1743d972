/** That the benches of scans still run and print their figures: `node bench/smoke/scan.ts`. They are not judged here. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SCAN = fileURLToPath(new URL('../scan/', import.meta.url))

const BENCHMARKS = [
  {
    args: ['memory.ts', 'tiny', 'many-layers'],
    prints: /many-layers, .* peak \d+ MiB .* 0 packages missed/,
  },
  {
    args: ['speed.ts', '--rounds', '1', '--peers', 'none', 'tiny'],
    prints: /ratio \d[\s\S]*over node -e 0/,
  },
] as const

let failed = 0
for (const { args, prints } of BENCHMARKS) {
  const [file, ...rest] = args
  const argv = [`${SCAN}${file}`, ...rest]
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  const works = prints.test(stdout)
  if (!works) failed++
  process.stdout.write(
    works ? `${file}: ${stdout.trim()}\n` : `${file} printed no figures:\n${stdout}${stderr}\n`,
  )
}
process.exitCode = failed === 0 ? 0 : 1
