/**
 * Who finds the victims: this reader beside OOMAnalyser, the rules of cAdvisor's parser, and a search for "Killed process", over
 * every log of a folder with facts: `node bench/kernel-logs-table.ts [FOLDER]` (default ../shared/kernel-logs). A log's facts
 * (`x.facts.json` beside `x.txt` or `x.dmesg.txt`) list the kill lines that are in it. STELLA_OOMANALYSER names a folder with a
 * checkout of OOMAnalyser (MIT; not part of this project); without it that column is empty.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kernelLog } from '../src/parsers/kernel-log/index.ts'

const FOLDER =
  process.argv[2] ?? fileURLToPath(new URL('../../shared/kernel-logs', import.meta.url))

/** `name PID`. */
type Victims = ReadonlySet<string>

interface Reader {
  name: string
  victimsOf(path: string): Victims
}

const stella: Reader = {
  name: 'stella',
  victimsOf(path) {
    const reader = kernelLog.open({ from: path, readAt: null, source: null })
    reader.push(readFileSync(path))
    const kills = reader
      .finish()
      .flatMap(({ fact }) => (fact.kind === 'kernel-oom' ? fact.kills : []))
    return new Set(kills.map((kill) => `${kill.name} ${kill.pid}`))
  },
}

/** Anchored on the header; the first "Killed process" after it ends the block (cadvisor, utils/oomparser). */
const cadvisorRules: Reader = {
  name: 'cAdvisor rules',
  victimsOf(path) {
    const victims = new Set<string>()
    let inBlock = false
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line.includes('invoked oom-killer:')) inBlock = true
      const killed = /Killed process ([0-9]+) \((.+)\)/.exec(line)
      if (!inBlock || killed === null) continue
      victims.add(`${killed[2] ?? ''} ${killed[1] ?? ''}`)
      inBlock = false
    }
    return victims
  },
}

const plainRule: Reader = {
  name: 'Killed process',
  victimsOf(path) {
    const lines = readFileSync(path, 'utf8').matchAll(/Killed process (\d+) \(([^)]*)\)/g)
    return new Set(Array.from(lines, ([, pid = '', name = '']) => `${name} ${pid}`))
  },
}

const PYTHON = `
import sys, json, contextlib, io
sys.path.insert(0, sys.argv[1])
import OOMAnalyser as other
found = {}
for path in sys.stdin.read().split('\\0'):
    with open(path, encoding='utf-8', errors='replace') as file:
        text = file.read()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            analyser = other.OOMAnalyser(other.OOMEntity(text))
            if not analyser.analyse():
                continue
        details = analyser.oom_result.details
        found[path] = '%s %s' % (details.get('killed_proc_name'), details.get('killed_proc_pid'))
    except Exception:
        pass
print(json.dumps(found))
`

function oomAnalyser(paths: readonly string[]): Reader | null {
  const folder = process.env['STELLA_OOMANALYSER']
  if (folder === undefined) return null
  const { stdout } = spawnSync('python3', ['-c', PYTHON, folder], {
    input: paths.join('\0'),
    encoding: 'utf8',
  })
  const found: unknown = JSON.parse(stdout)
  return {
    name: 'OOMAnalyser',
    victimsOf(path) {
      const victim: unknown =
        typeof found === 'object' && found !== null ? Reflect.get(found, path) : undefined
      return new Set(typeof victim === 'string' ? [victim] : [])
    },
  }
}

interface Score {
  found: number
  wrong: number
}

function main(): void {
  const logs = logsIn(FOLDER)
  const other = oomAnalyser(logs.map(({ path }) => path))
  const readers = [stella, ...(other === null ? [] : [other]), cadvisorRules, plainRule]
  const groups = new Map<string, { logs: number; victims: number; scores: Score[] }>()
  for (const { path, victims } of logs) {
    const name = relative(FOLDER, path).split('/')[0] ?? ''
    const group = groups.get(name) ?? {
      logs: 0,
      victims: 0,
      scores: readers.map(() => ({ found: 0, wrong: 0 })),
    }
    groups.set(name, group)
    group.logs++
    group.victims += victims.size
    for (const [index, reader] of readers.entries()) {
      const told = reader.victimsOf(path)
      const score = group.scores[index]
      if (score === undefined) continue
      score.found += [...victims].filter((victim) => told.has(victim)).length
      score.wrong += [...told].filter((victim) => !victims.has(victim)).length
    }
  }
  print(readers, groups)
}

function print(
  readers: readonly Reader[],
  groups: ReadonlyMap<string, { logs: number; victims: number; scores: Score[] }>,
): void {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const names = readers.map((reader) => `${reader.name}: found, other`)
  let table = row(['logs', 'number', 'victims', ...names])
  table += row(['---', '---', '---', ...names.map(() => '---')])
  for (const [name, { logs, victims, scores }] of groups) {
    const cells = scores.map(
      ({ found, wrong }) => `${found} (${percent(found, victims)}), ${wrong}`,
    )
    table += row([name, String(logs), String(victims), ...cells])
  }
  process.stdout.write(table)
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`
}

function logsIn(folder: string): { path: string; victims: Victims }[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.facts.json'))
    .toSorted()
    .flatMap((name) => {
      const stem = join(folder, name.slice(0, -'.facts.json'.length))
      const path = [`${stem}.dmesg.txt`, `${stem}.txt`].find((candidate) => existsSync(candidate))
      return path === undefined ? [] : [{ path, victims: victimsIn(join(folder, name)) }]
    })
}

function victimsIn(path: string): Victims {
  const facts: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof facts !== 'object' || facts === null || !('kills' in facts)) {
    throw new Error(`${basename(path)} has no kills`)
  }
  const kills: readonly unknown[] = Array.isArray(facts.kills) ? facts.kills : []
  return new Set(
    kills.flatMap((kill) =>
      typeof kill === 'object' && kill !== null && 'pid' in kill && 'comm' in kill
        ? [`${String(kill.comm)} ${String(kill.pid)}`]
        : [],
    ),
  )
}

main()
