/** Every command with --json: one document on standard output, and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { buildStella } from '../../src/cli/app.ts'
import { commandTree } from '../../src/cli/commands/completion/command-tree.ts'
import { engineWith } from '../../src/cli/live-engine.ts'
import { finds, NOW, stella } from '../support/command-line.ts'
import { descriptorOf, layoutOf, MANIFEST, sampleImage } from '../support/image-files.ts'
import { written } from '../support/opened.ts'
import { sampleCase } from '../support/sample-case.ts'
import { startScanner, testWorker } from '../support/scanner.ts'
import type { TestScanner } from '../support/scanner.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-json-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

/** It waits before its change, so that it can be resumed. */
const BOOK = `# A value is wrong

## Quick checks

\`\`\`bash {id=look, kind=check, problemIf="value != new", capture="value:text"}
cat ${FOLDER}/value
\`\`\`

## Immediate mitigation

\`\`\`bash {id=set, kind=change, risk=medium}
truncate --size 0 ${FOLDER}/value
\`\`\`

## Prevention

- [ ] Somebody looks at it
`
const FILES: Readonly<Record<string, string>> = {
  value: 'old\n',
  'book.md': BOOK,
  'series.csv': 'time,bytes\n0,1000\n60,1000\n',
  'pods.json': '{"pods":[{"name":"web","requestBytes":1,"usageBytes":2,"priority":0}]}',
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [] }\n',
  'book.test.yaml':
    'schema: 1\nanswers: { look: old, set: "" }\ntests: [{ name: waits, expect: { waits: set } }]\n',
}

let scanner: TestScanner
const words: Record<string, string> = { folder: FOLDER }
beforeAll(async () => {
  scanner = await startScanner()
  words['server'] = `--server ${await scanner.serve()}`
  await scanner.store.pools.tell('one', [testWorker()])
  written(FOLDER, new Map(Object.entries(FILES).map(([path, text]) => [path, Buffer.from(text)])))
  const image = sampleImage()
  written(join(FOLDER, 'image'), layoutOf([image], [descriptorOf(image.manifest, MANIFEST)]))
}, 60_000)
afterAll(() => scanner.end())

/** In this order: what the one makes, the next one finds. */
const CALLS = [
  'why docker:web',
  'fix docker:web',
  'fix --list',
  'verify docker:web --now',
  'bill docker:web',
  'bill docker:web --watch --count 1',
  'size docker:web',
  'size --series {folder}/series.csv',
  'record --list',
  'record docker:web --every 1s --for 1s',
  'audit {folder}/pod.yaml',
  'audit --list',
  'audit --explain K01',
  'sbom analyze {folder}/image',
  'image inspect {folder}/image',
  'image layers {folder}/image',
  'scanner status {server}',
  'scanner jobs submit debian:12 {server}',
  'scanner jobs list {server}',
  'scanner jobs show {job} {server}',
  'scanner jobs cancel {job} {server}',
  'scanner jobs retry {job} {server}',
  'scanner queue status {server}',
  'scanner workers list {server}',
  'scanner workers add --pool more --memory 4Gi --count 1 {server}',
  'scanner workers set --pool more --count 2 {server}',
  'scanner workers remove --pool more {server}',
  'scanner workers restart {server}',
  'scanner workers inspect default-1 {server}',
  'scanner workers stats {server}',
  'scanner config set worker.memory_limit 8Gi {server}',
  'scanner config get worker.memory_limit {server}',
  'scanner config rollback {change} {server}',
  'scanner config get timeouts {server}',
  'scanner config reset worker.memory_limit {server}',
  'scanner config list {server}',
  'scanner config history {server}',
  'scanner logs {server}',
  'scanner gates list {server}',
  'scanner gates check debian:12 {server}',
  'scanner limits {server}',
  'scanner stats {server}',
  'scanner plugins list',
  'doctor --check check.scanner.routing {server}',
  'runbook list',
  'runbook show {folder}/book.md',
  'runbook lint {folder}/book.md',
  'runbook test {folder}/book.md',
  'runbook run {folder}/book.md --dry-run',
  'runbook run {folder}/book.md',
  'runbook resume {run}',
  'runbook report {run}',
  'runbook runs',
  'runbook prevention {folder}/book.md',
  'pressure run docker:web --size 25%',
  'pressure tighten docker:web --probe-command true',
  'pressure list',
  'pressure undo',
  'lab list',
  'lab start units --backend files',
  'lab status',
  'lab status units',
  'lab check units',
  'lab hint units',
  'lab solve units --apply',
  'lab watch units',
  'lab stop units',
  'simulate oom --from fixtures/guest/6.1/oom-group',
  'simulate eviction --from {folder}/pods.json',
  'simulate overcommit --host 8Gi --limits 512Mi,none',
  'simulate leak --limit 512Mi --rate 10Mi/h',
  'simulate swap --memory 6g --memory-swap 10g --cgroup v2',
  'simulate snapshot --data 2Gi --limit 3Gi --write-rate 10Mi/s',
  'simulate jvm --limit 1Gi --threads 250',
  'cases export docker:web --output {folder}/exported',
  'cases import {folder}/exported',
  'cases list',
  'cases show {folder}/exported',
  'completion bash',
  'completion zsh',
  'completion fish',
]

/** They print lines for as long as they run, or the document of somebody else. */
const OTHERS: Readonly<Record<string, string>> = {
  top: 'src/cli/commands/top/run.test.ts',
  watch: 'test/live/watch.test.ts',
  serve: 'test/apart/serve.test.ts',
  'scanner workers run': 'test/scanner/scans.test.ts',
  'scan image': 'test/e2e/scan-image.test.ts',
  'sbom generate': 'test/e2e/scan-image.test.ts',
  'pressure show': 'src/cli/commands/pressure/run.test.ts',
}

/** What later calls name: a field of the answers of some commands. */
const MAKES: readonly (readonly [commands: string, field: string, word: string])[] = [
  ['scanner jobs submit', 'id', 'job'],
  ['scanner config set', 'change', 'change'],
  ['runbook run', 'run', 'run'],
]
const Document = z.looseObject({ schema: z.string().check(z.regex(/^stella\.[a-z-]+\/\d+$/)) })

const Id = z.union([z.string(), z.number()])

/** Where it streams, each line is one. */
function documentsIn(line: string, out: string): readonly z.output<typeof Document>[] {
  const texts = line.startsWith('lab watch') ? out.trimEnd().split('\n') : [out]
  return texts.map((text) => Document.parse(JSON.parse(text)))
}

describe('with --json standard output is one document with its name', () => {
  it.each(CALLS)('stella %s', async (line) => {
    const filled = line.replaceAll(/\{(\w+)\}/g, (_, name: string) => words[name] ?? '')
    const env = { PATH: process.env['PATH'] ?? '', STELLA_DATA: join(FOLDER, 'data') }
    const engine = line.startsWith('simulate') ? engineWith : ENGINE
    const { code, out } = await stella([...filled.split(' '), '--json'], { env, engine })
    expect([0, 1, 4]).toContain(code)
    const [document] = documentsIn(line, out)
    for (const [commands, field, word] of MAKES) {
      const value = document?.[field]
      if (line.startsWith(commands) && value !== undefined) words[word] = `${Id.parse(value)}`
    }
  })

  it('and no command is left out', () => {
    const all = commandTree(buildStella({}).root).filter(
      ({ children, otherNames, words: names }) =>
        children.length === 0 && !isOtherName(names, otherNames),
    )
    const called = new Set([...CALLS, ...Object.keys(OTHERS)])
    const left = all
      .map(({ words: names }) => names.join(' '))
      .filter((name) => ![...called].some((line) => line === name || line.startsWith(`${name} `)))
    expect(left).toEqual([])
  })
})

/** `diagnose`, or a command of `scanner job`: the other name of what is called above. */
function isOtherName(
  [first, second, third]: readonly string[],
  others: readonly string[],
): boolean {
  const isGroup = first === 'scanner' && (second === 'job' || second === 'gate')
  return isGroup || (first === 'diagnose' && others.includes('why')) || third === 'details'
}

const ENGINE = finds([sampleCase({ at: NOW })])
