/** That the benches of the guard still run and print their figures: `node bench/smoke/guard.ts`. They are not judged here. Needs root and redis-server. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const GUARD = fileURLToPath(new URL('../guard/', import.meta.url))

const BENCHMARKS = [
  {
    args: ['overhead.ts', '1', '1', '0.3'],
    prints: /at 30 % of 256 MiB: guard \d.*black box \d[\s\S]*with the guard \d.* times/,
  },
  {
    args: ['compare.ts', '256', '10', '64', 'the guard'],
    prints: /the guard: lives.* 10 signed in/,
  },
] as const

let failed = 0
for (const { args, prints } of BENCHMARKS) {
  const [file, ...rest] = args
  const argv = [`${GUARD}${file}`, ...rest]
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  const works = prints.test(stdout)
  if (!works) failed++
  process.stdout.write(
    works ? `${file}: ${stdout.trim()}\n` : `${file} printed no figures:\n${stdout}${stderr}\n`,
  )
}
process.exitCode = failed === 0 ? 0 : 1
