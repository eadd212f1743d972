import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  mkdirSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { stella } from '../support/command-line.ts'
import { holdDocuments } from '../support/documents.ts'

const CORRECT = fileURLToPath(new URL('../../fixtures/audit/correct', import.meta.url))
const COMPOSE =
  'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi # why\n'

const FORMATS = ['sarif', 'junit', 'github'].map((format) => ['--format', format])

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-audit-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** In the folder of the test, as a user would. */
async function inFolder(args: readonly string[]): ReturnType<typeof stella> {
  const before = process.cwd()
  process.chdir(folder)
  try {
    return await stella(args)
  } finally {
    process.chdir(before)
  }
}

test('a finding is shown with its line and a mark below what is meant', async () => {
  const path = file('compose.yaml', COMPOSE)
  const { code, out, err } = await stella(['audit', path])
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(out.replaceAll(folder, '')).toMatchInlineSnapshot(`
    "1 memory mistake in 1 file: 1 error

    /compose.yaml:4:16  error C16  Mi and Gi are units of Kubernetes
      512Mi is refused; 512m is the same size. --fix mends it.
      4 |     mem_limit: 512Mi # why
        |                ^^^^^

    1 finding can be mended by --fix.
    "
  `)
  expect(await stella(['audit', path, '--quiet'])).toMatchObject({
    out: `${path}:4:16: error C16 512Mi is refused; 512m is the same size\n`,
  })
})

test('the document for scripts has what the contract says', async () => {
  const path = file('compose.yaml', COMPOSE)
  const { code, out } = await stella(['audit', path, '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({
    schema: 'stella.audit/1',
    findings: [
      {
        rule: 'C16',
        severity: 'error',
        file: path,
        line: 4,
        column: 16,
        message: '512Mi is refused; 512m is the same size',
        fixable: true,
      },
    ],
    files: 1,
    problems: [],
  })
})

describe('--output', () => {
  test('writes the answer into a file, and shows the text all the same', async () => {
    const path = file('compose.yaml', COMPOSE)
    const output = join(folder, 'memory.sarif')
    const { code, out, err } = await stella(['audit', path, '--format', 'sarif', '-o', output])
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toMatch(/^1 memory mistake in 1 file: 1 error\n/)
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({ version: '2.1.0' })
  })

  test('holds no colours, and is replaced by the next answer', async () => {
    const path = file('compose.yaml', COMPOSE)
    const output = join(folder, 'memory.txt')
    const { out } = await stella(['audit', path, '-o', output], { columns: 80 })
    expect(out).toContain('\u001b[')
    expect(readFileSync(output, 'utf8')).toBe((await stella(['audit', path])).out)
    writeFileSync(path, COMPOSE.replace('512Mi', '512m'))
    await stella(['audit', path, '-o', output])
    expect(readFileSync(output, 'utf8')).toBe('No memory mistakes in 1 file\n')
  })

  test('is standard output for -, and is refused where it cannot be written', async () => {
    const path = file('compose.yaml', COMPOSE)
    const call = ['audit', path, '--format', 'github']
    expect(await stella([...call, '-o', '-'])).toEqual(await stella(call))
    const gone = join(folder, 'gone', 'memory.sarif')
    expect(await stella([...call, '-o', gone])).toEqual({
      code: 3,
      out: '',
      err: `stella: ${gone}: cannot be written; name a file in a folder that exists\n`,
    })
  })
})

test('many findings end with the rules that speak most often', async () => {
  const services = Array.from({ length: 30 }, (_, at) => `  s${at}: {image: a}\n`)
  const path = file(
    'compose.yaml',
    `services:\n${services.join('')}  web: {image: b, mem_limit: 1Gi}\n`,
  )
  const { out } = await stella(['audit', path])
  expect(out).toContain(
    [
      'Most often',
      `  30  C01  ${'No memory limit'.padEnd(33)}  in 1 file`,
      '   1  C16  Mi and Gi are units of Kubernetes  in 1 file',
    ].join('\n'),
  )
  expect(out).toContain('stella audit --explain C01\n')
})

test('no line is wider than the terminal', async () => {
  const long = `services:\n  web:\n    image: a\n    command: [java, ${'-Dname=value, '.repeat(30)}-Xmx4g]\n    mem_limit: 512m\n`
  const { out } = await stella(['audit', file('compose.yaml', long)], {
    columns: 60,
    env: { NO_COLOR: '1' },
  })
  expect(out).toContain('-Xmx4g')
  const told = out.split('\n').filter((line) => line.startsWith('  '))
  expect(told.length).toBeGreaterThan(3)
  for (const line of told) expect(line.length).toBeLessThanOrEqual(60)
})

test('--list names every rule with its severity, and says which can be mended', async () => {
  const { code, out } = await stella(['audit', '--list'])
  expect(code).toBe(0)
  for (const { title } of RULES) expect(out).toContain(title)
  expect(out).toMatch(/^C16 +error +--fix +Mi and Gi/m)
  expect(out).toMatch(/^C01 +high +No memory limit$/m)
  const { rules } = JSON.parse((await stella(['audit', '--list', '--json'])).out)
  expect(rules.map(({ id }: { id: string }) => id)).toEqual(RULES.map(({ id }) => id))
  expect(rules).toContainEqual({
    id: 'C16',
    severity: 'error',
    title: 'Mi and Gi are units of Kubernetes',
    fixable: true,
    pedantic: false,
  })
})

describe('what cannot be judged', () => {
  test('is one line with its place, the others are judged, and the code is 2', async () => {
    file('a.yaml', 'apiVersion: v1\nkind: Pod\nspec:\n\tx: 1\n')
    file('b.yaml', COMPOSE)
    const { code, out, err } = await stella(['audit', folder])
    expect(code).toBe(2)
    expect(out).toContain('C16')
    expect(err).toBe(
      `stella: ${join(folder, 'a.yaml')}:4:1: it is no YAML: Tabs are not allowed as indentation; correct it, and check it again\n`,
    )
  })

  test('is told for a path that is gone, and for no path', async () => {
    expect(await stella(['audit', join(folder, 'gone')])).toMatchObject({ code: 3, out: '' })
    expect((await stella(['audit'])).err).toContain('nothing to judge')
  })

  test('is told for a file that is too large or no text', async () => {
    const large = file('large.yaml', `kind: Pod\n${'#'.repeat(33 * 1024 * 1024)}`)
    const binary = file('binary.yaml', 'kind: \u0000')
    expect(await stella(['audit', large])).toMatchObject({
      code: 2,
      err: `stella: ${large}: is larger than 32 MiB; split it\n`,
    })
    expect(await stella(['audit', binary])).toMatchObject({
      code: 2,
      err: `stella: ${binary}: is no text; leave it out\n`,
    })
  })

  test('is left alone below a folder: packages, versions, and files that are no manifests', async () => {
    for (const name of ['node_modules', '.git']) {
      mkdirSync(join(folder, name))
      file(`${name}/compose.yaml`, COMPOSE)
    }
    file('notes.txt', COMPOSE)
    file('workflow.yml', 'on: push\n')
    expect(await stella(['audit', folder])).toMatchObject({ code: 0, err: '' })
  })
})

test('standard input is judged, as helm template writes it', async () => {
  const { code, out } = await stella(['audit', '-', '--quiet'], { stdin: COMPOSE })
  expect({ code, out }).toEqual({
    code: 1,
    out: '-:4:16: error C16 512Mi is refused; 512m is the same size\n',
  })
})

describe('--fix', () => {
  test('changes the value and keeps every other byte, the mode and the link', async () => {
    const path = file('compose.yaml', `\uFEFF${COMPOSE.replaceAll('\n', '\r\n')}# ä\r\n`)
    chmodSync(path, 0o640)
    const link = join(folder, 'link.yaml')
    symlinkSync(path, link)
    const { code, out } = await stella(['audit', '--fix', link])
    expect({ code, out }).toEqual({
      code: 0,
      out: 'No memory mistakes in 1 file\nMended 1 finding in 1 file\n',
    })
    expect(readFileSync(path, 'utf8')).toBe(
      `\uFEFF${COMPOSE.replace('512Mi', '512m').replaceAll('\n', '\r\n')}# ä\r\n`,
    )
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect((await stella(['audit', '--fix', link])).out).toContain('Nothing could be mended')
  })

  test('leaves a file alone whose bytes are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(COMPOSE), Buffer.from([0x23, 0xe4, 0x0a])])
    const path = join(folder, 'compose.yaml')
    writeFileSync(path, bytes)
    expect((await stella(['audit', '--fix', path])).code).toBe(1)
    expect(readFileSync(path)).toEqual(bytes)
  })

  test('changes nothing in correct files', async () => {
    cpSync(CORRECT, folder, { recursive: true })
    expect(await stella(['audit', '--fix', folder])).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(
      readFileSync(join(CORRECT, 'compose.yaml'), 'utf8'),
    )
  })
})

describe('--baseline', () => {
  test('is written once, and takes away what it knows, wherever the line went', async () => {
    const path = file('compose.yaml', COMPOSE)
    const baseline = join(folder, 'baseline.json')
    expect(await stella(['audit', path, '--baseline', baseline])).toMatchObject({ code: 0 })
    holdDocuments(readFileSync(baseline, 'utf8'))
    expect(await inFolder(['audit', '.', '--baseline', baseline])).toMatchObject({ code: 0 })
    writeFileSync(path, `# moved\n${COMPOSE}  worker:\n    image: registry.example.com/worker:1\n`)
    const { code, out } = await stella(['audit', path, '--baseline', baseline, '--quiet'])
    expect({ code, out }).toEqual({
      code: 1,
      out: `${path}:6:3: high C01 worker may take all memory of its machine\n`,
    })
  })

  test('that holds what is mended says so', async () => {
    const path = file('compose.yaml', COMPOSE)
    const baseline = join(folder, 'baseline.json')
    await stella(['audit', path, '--baseline', baseline])
    await stella(['audit', path, '--fix'])
    const { out } = await stella(['audit', path, '--baseline', baseline])
    expect(out).toContain(`0 known from ${baseline}, which has 1 more that nobody finds any longer`)
  })

  test('that is no baseline is refused', async () => {
    const path = file('compose.yaml', COMPOSE)
    expect(await stella(['audit', path, '--baseline', path])).toMatchObject({ code: 2, out: '' })
  })
})

describe('settings of a repository', () => {
  const UNBOUNDED = 'services:\n  web:\n    image: registry.example.com/web:1\n'

  test('are taken from the folder where it is run', async () => {
    file('compose.yaml', COMPOSE)
    file('.stella-audit.yaml', 'off: {C16: it is mended elsewhere}\n')
    expect(await inFolder(['audit', '.'])).toEqual({
      code: 0,
      out: 'No memory mistakes in 1 file\n1 rule switched off with a reason\n',
      err: '',
    })
    expect(JSON.parse((await inFolder(['audit', '.', '--json'])).out)).toMatchObject({
      off: [{ rule: 'C16', reason: 'it is mended elsewhere' }],
      failOn: 'info',
    })
    expect(await inFolder(['audit', '--fix', 'compose.yaml'])).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(COMPOSE)
  })

  test.each([
    ['vendor', 'vendor/'],
    ['vendor', 'vendor/**'],
    ['deep/vendor', 'vendor'],
    ['deep/vendor', '*.yaml'],
    ['deep/vendor', './deep'],
  ])('leave out %s/compose.yaml for %s, named or not', async (below, glob) => {
    mkdirSync(join(folder, below), { recursive: true })
    const path = file(`${below}/compose.yaml`, COMPOSE)
    const nothing = { code: 0, out: 'No memory mistakes in 0 files\n', err: '' }
    expect(await inFolder(['audit', '.', '--exclude', glob])).toEqual(nothing)
    expect(await inFolder(['audit', path, '--exclude', 'none', '--exclude', glob])).toEqual(nothing)
    expect((await inFolder(['audit', '.', '--exclude', 'other/**'])).code).toBe(1)
    const config = file('settings.yaml', `exclude: [${JSON.stringify(glob)}]\n`)
    expect(await stella(['audit', path, '--config', config])).toEqual(nothing)
  })

  test('say which severity fails; what is milder is shown all the same', async () => {
    const path = file('compose.yaml', UNBOUNDED)
    const config = file('settings.yaml', 'failOn: critical\n')
    const { code, out } = await stella(['audit', path, '--config', config])
    expect(code).toBe(0)
    expect(out).toContain('C01')
    const above = await stella(['audit', path, '--config', config, '--fail-on', 'high'])
    expect(above.code).toBe(1)
  })

  test('say how the machine is, where the call does not', async () => {
    const path = file('compose.yaml', COMPOSE.replace('512Mi', '4g'))
    const config = file('settings.yaml', 'hostMemory: 4Gi\n')
    expect((await stella(['audit', path, '--config', config])).out).toContain('C22')
    const call = ['audit', path, '--config', config, '--host-memory', '8Gi']
    expect(await stella(call)).toMatchObject({ code: 0 })
  })

  test('ask for rules that are true of most correct files, one by one or all', async () => {
    const path = file(
      'compose.yaml',
      'services:\n  web:\n    image: registry.example.com/web:1\n    command: [java, -Xmx300m, -jar, a.jar]\n    mem_limit: 600m\n',
    )
    const rulesOf = async (...args: string[]): Promise<string[]> => {
      const { out } = await stella(['audit', path, '--json', ...args])
      return JSON.parse(out).findings.map(({ rule }: { rule: string }) => rule)
    }
    const settings = (text: string): string[] => ['--config', file('settings.yaml', text)]
    expect(await rulesOf()).toEqual([])
    expect(await rulesOf(...settings('on: [J13]\n'))).toEqual(['J13'])
    const all = ['J13', 'J18', 'J19', 'C03']
    expect(await rulesOf('--pedantic')).toEqual(all)
    expect(await rulesOf(...settings('pedantic: true\n'))).toEqual(all)
    const without = settings('pedantic: true\noff: {J18: the serial collector is meant}\n')
    expect(await rulesOf(...without)).toEqual(['J13', 'J19', 'C03'])
  })

  test('that are wrong stop it, with their line, and so do those that are not there', async () => {
    const path = file('compose.yaml', COMPOSE)
    const config = file('settings.yaml', 'failOn: never\n')
    expect(await stella(['audit', path, '--config', config])).toEqual({
      code: 2,
      out: '',
      err: `stella: ${config}:1:1: failOn is not understood; write one of error, critical, high, warning, info\n`,
    })
    const gone = await stella(['audit', path, '--config', join(folder, 'gone.yaml')])
    expect(gone).toMatchObject({ code: 3, out: '' })
  })
})

test('--explain says what a rule rests on, and refuses one that is not there', async () => {
  const { code, out } = await stella(['audit', '--explain', 'k01'])
  expect(code).toBe(0)
  expect(out).toContain('thousandth of a byte')
  expect(out).toContain('https://kubernetes.io/')
  expect((await stella(['audit', '--explain', 'J13'])).out).toContain('only with --pedantic')
  expect(out).not.toContain('--pedantic')
  expect(await stella(['audit', '--explain', 'K99'])).toMatchObject({ code: 2 })
  expect(await stella(['audit', '--explain', 'memory'])).toMatchObject({ code: 2 })
})

test('a secret is never told, not even where it stands on the line that is shown', async () => {
  const secret = 'hunter2-token'
  const line = `{DB_PASSWORD: ${secret}, GOMEMLIMIT: 460Mi, API_TOKEN: ${secret}}`
  file(
    'compose.yaml',
    `services:\n  web:\n    image: a\n    mem_limit: 512m\n    environment: ${line}\n`,
  )
  for (const args of [[], ['--json'], ['--quiet'], ...FORMATS]) {
    const { out, err } = await stella(['audit', folder, ...args])
    expect(out).toContain('460Mi')
    expect(out + err).not.toContain(secret)
  }
})

test('a line of megabytes is cut around what is meant', async () => {
  const filler = JSON.stringify(Array.from({ length: 100_000 }, (_, at) => at))
  const pod = `{"apiVersion":"v1","kind":"Pod","x":${filler},"spec":{"containers":[{"name":"web","image":"a","resources":{"requests":{"memory":"512m"},"limits":{"memory":"1Gi"}}}]}}`
  const { out } = await stella(['audit', file('pod.json', pod)])
  const lines = out.split('\n')
  const shown = lines.findIndex((line) => line.startsWith('  1 | '))
  const mark = lines[shown + 1] ?? ''
  expect(lines[shown]?.length).toBeLessThan(120)
  expect(lines[shown]?.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('"512m"')
})
