import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unreachableError } from '../../src/model/errors.ts'
import { readWorld } from '../../src/parsers/bundle/world-json.ts'
import { finds, NOW, stella } from '../support/command-line.ts'
import { sampleCase } from '../support/sample-case.ts'

const HOUR = 3_600_000

describe('what goes wrong is one line that says what, where and what to do', () => {
  test.each([
    [['why'], 2, /^stella: nothing to look at.*; name one, as in 'stella why docker:web'/],
    [['wyh'], 2, /^stella: there is no command 'wyh' \(did you mean 'why'\?\); run /],
    [['cases', 'lst'], 2, /^stella: there is no command 'lst'/],
    [['why', '--jsn', 'x'], 2, /^stella: --jsn: unknown option \(did you mean --json\?\); /],
    [['why', '-z', 'x'], 2, /^stella: .*-z/],
    [['why', '--from'], 2, /^stella: --from: needs a value; /],
    [['why', 'a', 'b'], 2, /^stella: .*"b"/],
    [['why', 'lxc:web'], 2, /^stella: unknown kind of target 'lxc:web'; use docker:NAME/],
    [
      ['why', 'web', '--since', '5x'],
      2,
      /^stella: --since: '5x' is not a duration; write it as 90s/,
    ],
    [['why', 'web', '--json', '--markdown'], 2, /exclude each other; choose one/],
    [['cases', 'export', 'web'], 2, /^stella: --output: needs a value; /],
    [['cases', 'show'], 2, /^stella: ID\|PATH: is missing; /],
    [
      ['cases', 'show', '/does/not/exist'],
      3,
      /^stella: \/does\/not\/exist: cannot be read \(ENOENT\); /,
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

test('every command has help with an example, and help succeeds', async () => {
  for (const words of [
    [],
    ['why'],
    ['diagnose'],
    ['cases'],
    ['cases', 'export'],
    ['cases', 'show'],
    ['completion'],
    ['completion', 'bash'],
  ]) {
    const answer = await stella([...words, '-h'])
    expect(answer.code).toBe(0)
    expect(answer.out).toMatch(/Examples?:\n {2}\S*stella|Examples?:\n {2}eval/)
  }
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  expect(await stella(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})
