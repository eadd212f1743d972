import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../src/audit/engine.ts'
import { plainExample } from '../../src/audit/rules/examples.ts'
import { RULES } from '../../src/audit/rules/index.ts'
import { sarifOf } from '../../src/audit/sarif.ts'
import { stella } from '../support/command-line.ts'
import { requireParts } from '../support/parts.ts'
import { junitFaults, sarifFaults } from '../support/schemas.ts'

const COMPOSE = 'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi\n'
const CORRECT = fileURLToPath(new URL('../../fixtures/audit/correct', import.meta.url))
/** What a path, an address and a property may stumble over. */
const FOLDERS = ['plain', 'with space', 'ünï çödé', '#1?', 'a:b', '100%', 'x,y::z', '<&"\'>']

let folder = ''
const before = process.cwd()
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-reports-'))
  process.chdir(folder)
  for (const [at, { id, examples }] of RULES.entries()) {
    const { path, text } = plainExample(examples.bad)
    const below = join('bad', FOLDERS[at % FOLDERS.length] ?? '', id)
    mkdirSync(below, { recursive: true })
    writeFileSync(join(below, basename(path)), text)
  }
  mkdirSync('broken ü')
  writeFileSync('broken ü/compose.yaml', 'services:\n  web: [\n')
  writeFileSync('broken ü/large.yaml', `kind: Pod\n${'#'.repeat(33 * 1024 * 1024)}`)
  mkdirSync('empty')
  writeFileSync('compose.yaml', COMPOSE)
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

/** Each as somebody would ask for it, and the exit code. */
const RUNS: readonly (readonly [what: string, code: number, args: readonly string[]])[] = [
  ['all mistakes at once, on cgroup v1', 1, ['bad', '--cgroup', 'v1', '--host-memory', '4Gi']],
  ['all mistakes at once, on cgroup v2', 1, ['bad', '--cgroup', 'v2', '--pedantic']],
  ['an absolute path', 1, [CORRECT, 'compose.yaml']],
  ['an empty folder', 0, ['empty']],
  ['broken files', 2, ['broken ü', 'compose.yaml']],
  ['standard input', 1, ['-']],
]

describe('SARIF', () => {
  const faultsOf = sarifFaults()

  async function logOf(args: readonly string[]): Promise<{ code: number; log: Log }> {
    const { code, out } = await stella(['audit', ...args, '--format', 'sarif'], { stdin: COMPOSE })
    return { code, log: JSON.parse(out) }
  }

  test.each(RUNS)('is valid for %s', async (_, expected, args) => {
    const { code, log } = await logOf(args)
    expect(faultsOf(log)).toEqual([])
    expect(code).toBe(expected)
    const { results, tool } = runOf(log)
    expect(results.length > 0).toBe(expected > 0)
    for (const result of results) {
      expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId)
      expect(['error', 'warning', 'note']).toContain(result.level)
      expect(result.message.text).toMatch(/\.$/)
      expect(result.locations).toHaveLength(1)
      for (const { physicalLocation } of result.locations) {
        const { startLine, startColumn, endLine, endColumn } = physicalLocation.region
        expect(startLine < endLine || (startLine === endLine && startColumn <= endColumn)).toBe(
          true,
        )
      }
    }
  })

  test('is refused by the same schema where something is missing', () => {
    expect(faultsOf({ version: '2.1.0', runs: [{ results: [] }] })).toHaveLength(1)
    expect(faultsOf({ version: '2.2.0', runs: [] })).toHaveLength(1)
  })

  test('holds for each rule what code scanning asks for', async () => {
    const { rules } = runOf((await logOf(['empty'])).log).tool.driver
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id))
    for (const { shortDescription, fullDescription, help, properties } of rules) {
      for (const { text } of [shortDescription, fullDescription]) {
        expect(text.length).toBeGreaterThan(0)
        expect(text.length).toBeLessThanOrEqual(1_024)
      }
      expect(help.text).toContain('Rests on: ')
      expect(help.markdown).toContain('```')
      expect(properties['problem.severity']).toMatch(/^(?:error|warning|recommendation)$/)
      expect(properties).not.toHaveProperty('security-severity')
    }
  })

  test('finds its files again from the folder it was run in, whatever their names hold', async () => {
    const { results } = runOf((await logOf(['bad', '--pedantic'])).log)
    const paths = results.flatMap(({ locations }) => locations.map(pathOf))
    for (const path of paths) expect(readFileSync(path, 'utf8')).not.toBe('')
    for (const name of FOLDERS) expect(paths.some((path) => path.includes(name))).toBe(true)
    const { results: same } = runOf((await logOf([join(folder, 'compose.yaml')])).log)
    expect(same[0]?.locations[0]?.physicalLocation.artifactLocation).toEqual({
      uri: 'compose.yaml',
      uriBaseId: '%SRCROOT%',
    })
  })

  test('has a fingerprint that stays when the line moves, and none where it would tell a secret', async () => {
    const printOf = async (text: string): Promise<unknown> => {
      const { out } = await stella(['audit', '-', '--format', 'sarif'], { stdin: text })
      return runOf(JSON.parse(out)).results.find(({ ruleId }) => ruleId === 'C16')
        ?.partialFingerprints
    }
    const print = await printOf(COMPOSE)
    expect(print).toEqual({ primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{1,16}:1$/) })
    expect(await printOf(`# moved\n\n${COMPOSE}`)).toEqual(print)
    expect(await printOf(`${COMPOSE}    environment: {API_TOKEN: hunter2}\n`)).toBeUndefined()
  })

  test('holds the very edits that --fix makes', async () => {
    const { results } = runOf((await logOf(['compose.yaml'])).log)
    const [change] = results.flatMap(({ fixes = [] }) => fixes[0]?.artifactChanges ?? [])
    const [replacement] = change?.replacements ?? []
    const { startLine, startColumn, endColumn } = replacement?.deletedRegion ?? NOWHERE
    const lines = COMPOSE.split('\n')
    const line = lines[startLine - 1] ?? ''
    lines[startLine - 1] =
      line.slice(0, startColumn - 1) +
      (replacement?.insertedContent.text ?? '') +
      line.slice(endColumn - 1)
    writeFileSync('mended.yaml', COMPOSE)
    await stella(['audit', '--fix', 'mended.yaml'])
    expect(lines.join('\n')).toBe(readFileSync('mended.yaml', 'utf8'))
  })

  test('tells as its notifications what could not be judged and what was not read', async () => {
    const { code, log } = await logOf(['broken ü', 'compose.yaml'])
    expect(code).toBe(2)
    const [invocation] = runOf(log).invocations
    expect(invocation?.executionSuccessful).toBe(false)
    const notes = invocation?.toolExecutionNotifications ?? []
    expect(notes.map(({ message }) => message.text)).toEqual([
      expect.stringContaining('it is no YAML'),
      'broken ü/large.yaml: is larger than 32 MiB; split it',
    ])
    expect(notes[0]?.locations?.map(pathOf)).toEqual(['broken ü/compose.yaml'])
  })

  test('leaves out the mildest findings where code scanning would refuse it, and says so', () => {
    const text = `${COMPOSE}  worker:\n    image: a\n`
    const judged = audit([
      { file: { path: 'compose.yaml', text }, variables: new Map(), isNamed: true },
    ])
    const [error, high] = judged.findings
    if (error === undefined || high === undefined) throw new Error('two findings were expected')
    const findings = [...Array(25_000).fill(high), error]
    const log = sarifOf({ ...judged, findings }, { version: '1.0.0', root: '/', unread: [] })
    const { results, invocations } = runOf(JSON.parse(JSON.stringify(log)))
    expect(results).toHaveLength(25_000)
    expect(results[0]?.ruleId).toBe('C16')
    expect(JSON.stringify(invocations)).toContain('1 milder findings are left out')
  })
})

describe.skipIf(requireParts('xmllint'))('JUnit reports, as Jenkins reads them', () => {
  test.each(RUNS)('are valid for %s', async (_, expected, args) => {
    const { out } = await stella(['audit', ...args, '--format', 'junit'], { stdin: COMPOSE })
    expect(junitFaults(out)).toBe('')
    expect(/ failures="[1-9]/.test(out)).toBe(expected > 0)
  })

  test('hold an error for each file that was broken or not read', async () => {
    const { out } = await stella(['audit', 'broken ü', '--format', 'junit'])
    expect(out).toContain('<testsuites name="stella audit" tests="2" failures="0" errors="2">')
  })

  test('are refused by the same schema where something is wrong', () => {
    expect(junitFaults('<testsuites><testsuite/></testsuites>')).toContain('required')
    expect(junitFaults('<testsuites>')).not.toBe('')
  })
})

describe('annotations for GitHub', () => {
  test('name the worst first, for only ten of each level are shown', async () => {
    writeFileSync('order.yaml', `services:\n  worker:\n    image: a\n${COMPOSE.slice(10)}`)
    const { out } = await stella(['audit', 'order.yaml', '--format', 'github'])
    expect(out.match(/title=\w\d\d/g)).toEqual(['title=C16', 'title=C01'])
  })

  test('are errors for what was broken or not read', async () => {
    const { out } = await stella(['audit', 'broken ü', '--format', 'github'])
    expect(out.split('\n')).toEqual([
      '::error title=Not read::broken ü/large.yaml: is larger than 32 MiB; split it',
      expect.stringMatching(
        /^::error file=broken ü\/compose\.yaml,line=2,.*,title=Not judged::it is no YAML/,
      ),
      '',
    ])
  })
})

interface Region {
  startLine: number
  startColumn: number
  endLine: number
  endColumn: number
}

interface Location {
  physicalLocation: { artifactLocation: { uri: string }; region: Region }
}

interface Result {
  ruleId: string
  ruleIndex: number
  level: string
  message: { text: string }
  locations: Location[]
  partialFingerprints?: object
  fixes?: {
    artifactChanges: {
      replacements: { deletedRegion: Region; insertedContent: { text: string } }[]
    }[]
  }[]
}

interface DescribedRule {
  id: string
  shortDescription: { text: string }
  fullDescription: { text: string }
  help: { text: string; markdown: string }
  properties: Record<string, unknown>
}

interface Log {
  runs: {
    tool: { driver: { rules: DescribedRule[] } }
    results: Result[]
    invocations: {
      executionSuccessful: boolean
      toolExecutionNotifications: { message: { text: string }; locations?: Location[] }[]
    }[]
  }[]
}

const NOWHERE: Region = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }

function runOf({ runs: [run] }: Log): Log['runs'][number] {
  if (run === undefined) throw new Error('there is no run')
  return run
}

/** As a reader finds the file: the address is relative to the folder. */
function pathOf({ physicalLocation }: Location): string {
  const base = new URL('file:///root/')
  const path = fileURLToPath(new URL(physicalLocation.artifactLocation.uri, base))
  return path.replace('/root/', '')
}
