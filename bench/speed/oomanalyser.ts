/**
 * Pasted OOM reports per second beside OOMAnalyser's own Python code on the same texts:
 * `STELLA_OOMANALYSER=FOLDER node bench/speed/oomanalyser.ts [LOG]...`, where FOLDER holds a checkout of OOMAnalyser (MIT; it is
 * not part of this project). Without LOGs the recorded fixtures are read. Only texts that both understand are counted.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { kernelLog } from '../../src/parsers/kernel-log/index.ts'

const BAR = 3
const ROUNDS = 5
const ROUND_MS = 1500
const FIXTURES = fileURLToPath(new URL('../../fixtures/kernel-log/', import.meta.url))

/** Reads paths from its arguments; prints the understood ones, then texts per second of each round. */
const PYTHON = `
import sys, time, json, contextlib, io
sys.path.insert(0, sys.argv[1])
import OOMAnalyser as other
rounds, seconds = int(sys.argv[2]), float(sys.argv[3])
texts = {}
for path in sys.argv[4:]:
    with open(path, encoding='utf-8', errors='replace') as file:
        texts[path] = file.read()
def understands(text):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return bool(other.OOMAnalyser(other.OOMEntity(text)).analyse())
        except Exception:
            return False
known = [path for path, text in texts.items() if understands(text)]
rates = []
with contextlib.redirect_stdout(io.StringIO()):
    for _ in range(rounds):
        count, start = 0, time.perf_counter()
        while known and time.perf_counter() - start < seconds:
            for path in known:
                other.OOMAnalyser(other.OOMEntity(texts[path])).analyse()
                count += 1
        rates.append(count / (time.perf_counter() - start))
print(json.dumps({'known': known, 'rates': rates}))
`

function main(): void {
  const folder = process.env['STELLA_OOMANALYSER']
  if (folder === undefined) {
    process.stderr.write('STELLA_OOMANALYSER must name a folder with a checkout of OOMAnalyser\n')
    process.exitCode = 2
    return
  }
  const asked = process.argv.slice(2)
  const names = ['own-limit.dmesg.txt', 'ancestor-limit.dmesg.txt', 'own-limit.dmesg-T.txt']
  const paths = asked.length > 0 ? asked : names.map((name) => `${FIXTURES}${name}`)
  const other = runPython(folder, paths)
  const texts = other.known
    .map((path) => new Uint8Array(readFileSync(path)))
    .filter((text) => reportsIn(text) > 0)
  const ours = Array.from({ length: ROUNDS }, () => rateOf(texts))
  const ratio = median(ours) / median(other.rates)
  process.stdout.write(
    `${other.known.length} of ${paths.length} texts: OOMAnalyser ${median(other.rates).toFixed(0)}/s, ` +
      `stella ${median(ours).toFixed(0)}/s, ratio ${ratio.toFixed(1)} (bar ${BAR})\n`,
  )
  process.exitCode = ratio >= BAR ? 0 : 1
}

function runPython(folder: string, paths: readonly string[]): { known: string[]; rates: number[] } {
  const args = ['-c', PYTHON, folder, String(ROUNDS), String(ROUND_MS / 1000), ...paths]
  const { status, stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`)
  const told: unknown = JSON.parse(stdout)
  if (typeof told !== 'object' || told === null || !('known' in told) || !('rates' in told)) {
    throw new Error(`unexpected answer: ${stdout}`)
  }
  const known = Array.isArray(told.known) ? told.known.map(String) : []
  const rates = Array.isArray(told.rates) ? told.rates.map(Number) : []
  return { known, rates }
}

function reportsIn(text: Uint8Array): number {
  const reader = kernelLog.open({ from: 'pasted', readAt: null, source: null })
  reader.push(text)
  return reader.finish().filter(({ fact }) => fact.kind === 'kernel-oom').length
}

function rateOf(texts: readonly Uint8Array[]): number {
  const start = performance.now()
  let count = 0
  while (texts.length > 0 && performance.now() - start < ROUND_MS) {
    for (const text of texts) {
      reportsIn(text)
      count++
    }
  }
  return (count * 1000) / (performance.now() - start)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

main()
