import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildStella } from '../../src/cli/app.ts'
import { commandTree } from '../../src/cli/commands/completion/command-tree.ts'
import { unreachableError } from '../../src/model/errors.ts'
import { readWorld } from '../../src/parsers/bundle/world-json.ts'
import { finds, NOW, stella } from '../support/command-line.ts'
import { sampleCase } from '../support/sample-case.ts'

const HOUR = 3_600_000

describe('what goes wrong is one line that says what, where and what to do', () => {
  test.each([
    [['why'], 2, /^stella: nothing to look at.*; name one, as in 'stella why docker:web'/],
    [['wyh'], 2, /^stella: there is no command 'wyh'; did you mean 'why'\?$/m],
    [['diagnos'], 2, /; did you mean 'diagnose'\?$/m],
    [['zzz'], 2, /^stella: there is no command 'zzz'; run 'stella --help' for the list$/m],
    [['help'], 2, /; add '--help' to a command, as in 'stella why --help'$/m],
    [['docker:web'], 2, /; did you mean 'stella why docker:web'\?$/m],
    [['./kern.log'], 2, /; did you mean 'stella why --from \.\/kern\.log'\?$/m],
    [['cases', 'lst'], 2, /^stella: there is no command 'lst'/],
    [['why', '--jsn', 'x'], 2, /^stella: --jsn: unknown option; did you mean '--json'\?$/m],
    [['why', '--no-colr', 'x'], 2, /; did you mean '--no-color'\?$/m],
    [['verify', '--probe', 'x'], 2, /; did you mean '--probe-http' or '--probe-command'\?$/m],
    [['why', '--zzz', 'x'], 2, /: unknown option; add '--help' to see what the command takes$/m],
    [
      ['audit', '--format', 'jsno', '.'],
      2,
      /^stella: --format: 'jsno' is not one of text, json, .*; did you mean 'json'\?$/m,
    ],
    [
      ['cases', 'list', '--verdict', 'oom-hots'],
      2,
      /^stella: --verdict: .*did you mean 'oom-host'\?$/m,
    ],
    [['scanner', 'jobs', 'list', '--status', 'qeued'], 2, /did you mean 'queued'\?$/m],
    [['runbook', 'show', 'scaner-oom'], 3, /did you mean 'scanner-oom'\?$/m],
    [['bill'], 2, /; name one, as in 'stella bill docker:web' or 'stella bill --from /],
    [['why', '-z', 'x'], 2, /^stella: .*-z/],
    [['why', '--from'], 2, /^stella: --from: has to be given, with a value; /],
    [['why', 'a', 'b'], 2, /^stella: .*"b"/],
    [['why', 'lxc:web'], 2, /^stella: unknown kind of target 'lxc:web'; use docker:NAME/],
    [
      ['why', 'web', '--since', '5x'],
      2,
      /^stella: --since: '5x' is not a duration; write it as 90s/,
    ],
    [['why', 'web', '--json', '--markdown'], 2, /exclude each other; choose one/],
    [['cases', 'export', 'web'], 2, /^stella: --output: has to be given, with a value; /],
    [['cases', 'show'], 2, /^stella: ID\|PATH: is missing; /],
    [
      ['cases', 'show', '/does/not/exist'],
      3,
      /^stella: \/does\/not\/exist: there is no such file or folder; /,
    ],
    [
      ['cases', 'show', 'web'],
      3,
      /^stella: no case 'web' is recorded, and .*; see those that are with 'stella cases list'$/m,
    ],
    [
      ['scanner', 'jobs', 'list', '--server', 'http://127.0.0.1:1'],
      3,
      /: the server cannot be reached \(bad port\); /,
    ],
    [
      ['scanner', 'logs', '--tail', '20000'],
      2,
      /^stella: --tail: '20000' is not a count; use a whole number from 1 to 10000$/m,
    ],
    [['completion', 'tcsh'], 2, /^stella: there is no command 'tcsh'/],
  ])('%j', async (args, code, line) => {
    const answer = await stella(args)
    expect(answer).toEqual({ code, out: '', err: expect.stringMatching(line) })
    expect(answer.err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('a source out of reach keeps its exit code and its next step', async () => {
    const collect = () =>
      Promise.reject(unreachableError('no such container', 'docker:web', "try 'docker ps -a'"))
    const answer = await stella(['why', 'docker:web'], { engine: { collect } })
    expect(answer).toEqual({
      code: 3,
      out: '',
      err: "stella: docker:web: no such container; try 'docker ps -a'\n",
    })
  })

  test('a fault of ours is 70, without a stack trace unless it is asked for', async () => {
    const engine = {
      investigate: () => {
        throw new TypeError('boom\nsecond line \u001b[31m')
      },
    }
    const answer = await stella(['why', 'web'], { engine })
    expect(answer.code).toBe(70)
    expect(answer.err).toMatch(
      /^stella: fault in stella itself: boom second line \\x1b\[31m; [^\n]+\n$/,
    )
    const debug = await stella(['why', 'web'], { engine, env: { STELLA_DEBUG: '1' } })
    expect(debug.err).toMatch(/\n {4}at /)
  })
})

describe('why', () => {
  test('one case is a case, several are a list, oldest first as they came', async () => {
    const one = await stella(['why', 'web', '--json'], { engine: finds([sampleCase()]) })
    expect(one.code).toBe(0)
    expect(JSON.parse(one.out)).toMatchObject({
      schema: 'stella.case/1',
      at: '2026-05-01T10:20:30.456Z',
      verdict: { code: 'oom-own-limit' },
    })
    const cases = [sampleCase({ id: 'c_1' }), sampleCase({ id: 'c_2' })]
    const two = await stella(['why', 'web', '--json'], { engine: finds(cases) })
    expect(JSON.parse(two.out)).toMatchObject({
      schema: 'stella.cases/1',
      cases: [{ schema: 'stella.case/1', id: 'c_1' }, { id: 'c_2' }],
    })
  })

  test('--all is a list, also of one', async () => {
    const answer = await stella(['why', 'web', '--all', '--json'], {
      engine: finds([sampleCase()]),
    })
    expect(JSON.parse(answer.out)).toMatchObject({ schema: 'stella.cases/1', cases: [{}] })
  })

  test('nothing to judge is inconclusive, and still a document', async () => {
    const engine = finds([], { observations: [], unknown: ['kernel log: permission denied'] })
    const answer = await stella(['why', 'web', '--json'], { engine })
    expect(answer.code).toBe(4)
    expect(JSON.parse(answer.out)).toEqual({
      schema: 'stella.cases/1',
      cases: [],
      unknown: ['kernel log: permission denied'],
    })
  })

  test('a kill by nobody knows whom is inconclusive', async () => {
    const verdict = { ...sampleCase().verdict, code: 'killed-unknown' } as const
    const unknown = sampleCase({ verdict })
    expect((await stella(['why', 'web'], { engine: finds([unknown]) })).code).toBe(4)
    expect((await stella(['why', 'web'], { engine: finds([unknown, sampleCase()]) })).code).toBe(0)
  })

  test('--since leaves out what is older, and keeps what has no time', async () => {
    const cases = [
      sampleCase({ id: 'c_old', at: NOW - 2 * HOUR }),
      sampleCase({ id: 'c_new', at: NOW - HOUR }),
      sampleCase({ id: 'c_some', at: null }),
    ]
    const engine = finds(cases)
    const answer = await stella(['why', 'web', '--since', '1h', '--all', '--json'], { engine })
    expect(answer.out).not.toContain('c_old')
    expect(answer.out).toContain('c_new')
    expect(answer.out).toContain('c_some')
  })

  test.each([
    ['why', '-'],
    ['why', '--from', '-'],
    ['why', '--from=-'],
    ['diagnose', '--from', '-', '--from', '-'],
  ])('%s %s reads standard input once', async (...args) => {
    const asked: (readonly string[])[] = []
    const read: string[] = []
    const engine = {
      readFiles: async (
        paths: readonly string[],
        options: { stdin?: AsyncIterable<Uint8Array> },
      ) => {
        asked.push(paths)
        for await (const chunk of options.stdin ?? []) read.push(new TextDecoder().decode(chunk))
        return { observations: [], unknown: [] }
      },
    }
    await stella(args, { engine, stdin: 'kernel log' })
    expect(asked).toEqual([['-']])
    expect(read).toEqual(['kernel log'])
  })

  test('a target next to evidence picks among it, and no live source is asked', async () => {
    const targets: unknown[] = []
    const engine = {
      collect: () => Promise.reject(new Error('asked a live source')),
      investigate: (_world: unknown, target: unknown) => {
        targets.push(target)
        return [sampleCase()]
      },
    }
    const answer = await stella(['why', 'docker:web', '--from', 'a'], { engine })
    expect(answer.code).toBe(0)
    expect(targets).toEqual([{ kind: 'container', engine: 'docker', name: 'web' }])
  })

  test.each(['--json', '--markdown', '--quiet', '--all'])(
    'no secret leaves by %s',
    async (option) => {
      const summary = 'it connects to postgres://shop:hunter2secret@db/shop'
      const [seen] = sampleCase().evidence
      const leaking = sampleCase({
        verdict: { ...sampleCase().verdict, summary },
        evidence: seen === undefined ? [] : [{ ...seen, excerpt: 'DB_PASSWORD=hunter2secret' }],
      })
      const answer = await stella(['why', 'web', option], { engine: finds([leaking]) })
      expect(answer.out).toContain('[redacted]'.slice(1, -1))
      expect(answer.out).not.toContain('hunter2secret')
    },
  )

  test('colours stand on a terminal only, and never against a wish', async () => {
    const engine = finds([sampleCase()])
    expect((await stella(['why', 'web'], { engine, columns: 80 })).out).toContain('\u001b[')
    expect((await stella(['why', 'web'], { engine })).out).not.toContain('\u001b[')
    expect((await stella(['why', 'web', '--no-color'], { engine, columns: 80 })).out).not.toContain(
      '\u001b[',
    )
    expect(
      (await stella(['why', 'web'], { engine, columns: 80, env: { NO_COLOR: '1' } })).out,
    ).not.toContain('\u001b[')
  })

  test.each([
    [{ columns: 80 }, [], /reading files/],
    [{ columns: 80 }, ['--json'], /^$/],
    [{}, [], /^$/],
  ])(
    'evidence that takes long to read is told on a terminal alone: %j %j',
    async (outside, flags, err) => {
      const slow = async () => {
        await new Promise((resolve) => void setTimeout(resolve, 1_200))
        return { observations: [], unknown: [] }
      }
      const answer = await stella(['why', '--from', 'a', ...flags], {
        ...outside,
        engine: { readFiles: slow },
      })
      expect(answer.err).toMatch(err)
    },
  )

  test('lines keep to the width of the terminal', async () => {
    const answer = await stella(['why', 'web', '--no-color'], {
      engine: finds([sampleCase()]),
      columns: 60,
    })
    const wide = answer.out.split('\n').filter((line) => line.length > 60)
    expect(wide.filter((line) => !/^ {6}docker update|^ {11}\| /.test(line))).toEqual(
      wide.filter((line) => line.startsWith('Killed by the kernel at its own limit')),
    )
  })
})

describe('cases', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stella-cases-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('what is exported holds the case, a report and the evidence, without secrets', async () => {
    const fact = { kind: 'exit-status', exitCode: 137, signal: null } as const
    const excerpt = 'docker run -e API_TOKEN=hunter2secret web'
    const world = {
      observations: [{ source: 'log', at: 1, says: 'x', excerpt, from: 'notes:1', fact } as const],
      unknown: ['journal'],
    }
    const engine = finds([sampleCase()], world)
    const answer = await stella(['cases', 'export', 'web', '-o', join(folder, 'out')], { engine })
    expect(answer.code).toBe(0)
    expect((await readdir(join(folder, 'out'))).toSorted()).toEqual([
      'case.json',
      'report.md',
      'world.json',
    ])
    const stored = await readFile(join(folder, 'out/world.json'), 'utf8')
    expect(stored).not.toContain('hunter2secret')
    expect(readWorld(stored)?.unknown).toEqual(['journal'])
    const shown = await stella(['cases', 'show', join(folder, 'out'), '--json'])
    const direct = await stella(['why', 'web', '--json'], { engine })
    expect(shown).toEqual(direct)
  })

  test('a folder with something in it is refused', async () => {
    await writeFile(join(folder, 'mine'), '')
    const engine = finds([sampleCase()])
    const answer = await stella(['cases', 'export', 'web', '-o', folder], { engine })
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toMatch(/the folder is not empty; name another one/)
  })

  test.each([
    ['no JSON', '{', /is not JSON/],
    ['no case', '{"schema":"stella.bill/1"}', /no stella case \(field schema/],
  ])('showing what is %s is refused', async (_what, content, line) => {
    const path = join(folder, 'case.json')
    await writeFile(path, content)
    const answer = await stella(['cases', 'show', path])
    expect(answer).toMatchObject({ code: 2, err: expect.stringMatching(line) })
  })

  test('a case from standard input is shown', async () => {
    const { out } = await stella(['why', 'web', '--json'], { engine: finds([sampleCase()]) })
    const answer = await stella(['cases', 'show', '-', '--quiet'], { stdin: out })
    expect(answer.out).toMatch(/^oom-own-limit \(certain\) docker web: /)
  })
})

describe('the help of every command', () => {
  const tree = commandTree(buildStella({}).root)

  test.each(tree.map(({ words }) => [['stella', ...words].join(' '), words]))(
    '%s succeeds, with examples that call it',
    async (_name, words) => {
      const answer = await stella([...words, '-h'])
      expect(answer).toMatchObject({ code: 0, err: '' })
      const examples = /^Examples:\n((?: {2}.*\n)+)/m.exec(answer.out)?.[1] ?? ''
      expect(examples).toMatch(/\bstella\b/)
    },
  )

  const commands = tree.filter(({ children }) => children.length === 0)
  test.each(commands.map(({ words }) => [['stella', ...words].join(' '), words]))(
    '%s says what its exit codes mean, and what is taken where an option is not given',
    async (_name, words) => {
      const { out } = await stella([...words, '-h'])
      const said = out.replace(/\s+/g, ' ')
      expect(said).toMatch(/Exit code: 0 .*\b2 .*\b70 a fault of stella\./)
      expect(said).not.toMatch(/\(default [^=)]|where it is not given|where none is given/)
    },
  )

  test.each([60, 100])('keeps to %i columns but for its examples', async (columns) => {
    for (const { words } of tree) {
      const { out } = await stella([...words, '-h'], { columns })
      const said = out.replace(/^Examples:\n(?: {2}.*\n)+/m, '')
      // What is copied stays whole: a word that is longer than the line.
      const wide = said.split('\n').filter((line) => line.length > columns && /\S \S/.test(line))
      expect([words, wide]).toEqual([words, []])
    }
  })

  test('each says first what it is for, then how it is called, and names the value of every option', async () => {
    for (const { words, brief, options } of tree) {
      const { out } = await stella([...words, '-h'], { columns: 120 })
      expect(out.replaceAll('\n', ' ')).toContain(
        `${brief}  Usage: stella ${words.join(' ')}`.trimEnd(),
      )
      const bare = options.filter(({ takesValue }) => takesValue).map(({ name }) => name)
      for (const name of bare)
        expect([words, out]).toEqual([
          words,
          expect.stringMatching(new RegExp(`--${name} [\\w|.-]+`)),
        ])
    }
  })

  test('a group lists each command once, and another name stands in the help of the command', async () => {
    expect((await stella(['--help'])).out).not.toMatch(/^ {2}diagnose/m)
    expect((await stella(['why', '--help'])).out).toContain('stella diagnose is the same')
    expect((await stella(['pressure', '--help'])).out).toMatch(
      /^ +stella pressure \[OPTION\]\.\.\. \[TARGET\]$/m,
    )
    expect((await stella(['pressure', 'run', '--help'])).out).not.toContain('is the same')
  })

  test('options of every command are the same words everywhere', () => {
    for (const name of ['quiet', 'no-color', 'help', 'kubeconfig', 'context', 'marathon']) {
      const briefs = commands.flatMap(({ options }) =>
        options.filter((option) => option.name === name).map(({ brief }) => brief),
      )
      expect([name, new Set(briefs).size]).toEqual([name, 1])
    }
    for (const { words, options } of commands) {
      const names = options.map(({ name }) => name)
      expect([words, names]).toEqual([words, expect.arrayContaining(['json', 'quiet', 'no-color'])])
    }
  })
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  expect(await stella(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})
