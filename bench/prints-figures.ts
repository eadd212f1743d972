/** That benches still run and print their figures, which are not judged here: for the scripts of `bench/smoke/`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export interface Smoke {
  /** The bench, and its arguments. */
  args: readonly [string, ...string[]]
  /** What it prints where it works. */
  prints: RegExp
}

/** Runs each one; where one prints no figures, this process fails, and says so. */
export function printsFigures(folder: string, benchmarks: readonly Smoke[]): void {
  for (const { args, prints } of benchmarks) {
    const [file, ...rest] = args
    const argv = [join(folder, file), ...rest]
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
    const works = prints.test(stdout)
    if (!works) process.exitCode = 1
    process.stdout.write(
      works ? `${file}: ${stdout.trim()}\n` : `${file} printed no figures:\n${stdout}${stderr}\n`,
    )
  }
}
