import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stella } from '../support/command-line.ts'

const COMPOSE = 'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi\n'
const POD = 'apiVersion: v1\nkind: Pod\n'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-audit-files-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** Judges the folder; the answer names files without it. */
async function judged(
  ...flags: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, out, err } = await stella(['audit', folder, '--quiet', ...flags])
  return { code, out: out.replaceAll(`${folder}/`, ''), err: err.replaceAll(`${folder}/`, '') }
}

const FOUND = 'other/compose.yaml:4:16: error C16 512Mi is refused; 512m is the same size\n'

describe('a file that is broken is told with its line, and the others are judged', () => {
  /** Aliases that stand for each other a billion times. */
  const bomb = Array.from(
    { length: 10 },
    (_, at) => `x${at + 1}: &x${at + 1} [${Array.from({ length: 9 }, () => `*x${at}`).join(', ')}]`,
  )
  const merges = Array.from(
    { length: 2_000 },
    (_, at) => `x${at + 1}: &x${at + 1} {<<: *x${at}, k${at + 1}: 1}`,
  )

  test.each([
    [
      'tabs',
      'a.yaml',
      `${POD}spec:\n\tx: 1\n`,
      'a.yaml:4:1: it is no YAML: Tabs are not allowed as indentation; correct it, and check it again',
    ],
    ['a bracket that is not closed', 'a.yaml', `${POD}spec: [1,\n`, 'a.yaml:3:10: it is no YAML: '],
    [
      'a key that stands twice',
      'a.yaml',
      `${POD}spec:\n  a: 1\n  a: 2\n`,
      'a.yaml:5:3: it is no YAML: the key a stands twice',
    ],
    [
      'a key that stands twice in JSON',
      'a.json',
      '{"apiVersion": "v1", "kind": "Pod",\n "spec": 1, "spec": 2}\n',
      'a.json:2:13: it is no YAML: the key spec stands twice',
    ],
    ['an alias of nothing', 'a.yaml', `${POD}spec: *gone\n`, 'a.yaml:3:7: it is no YAML: '],
    [
      'merges without end',
      'a.yaml',
      `${POD}x0: &x0 {a: 1}\n${merges.join('\n')}\n`,
      'its merge keys make it many times as large',
    ],
    [
      'a template',
      'templates/a.yaml',
      `${POD}metadata:\n  name: {{ .Values.name }}\n`,
      "templates/a.yaml:4:9: it is a template that is not rendered; render it first, as in 'helm template CHART | stella audit -'",
    ],
    [
      'brackets without end',
      'a.yaml',
      `${POD}spec: ${'['.repeat(50_000)}`,
      'a.yaml:1:1: it is nested too deep; flatten it',
    ],
  ])('with %s', async (_, name, text, told) => {
    file('other/compose.yaml', COMPOSE)
    file(name, text)
    const { code, out, err } = await judged()
    expect({ code, out }).toEqual({ code: 2, out: FOUND })
    expect(err).toContain(told)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  test('of 200 MB', async () => {
    file('other/compose.yaml', COMPOSE)
    truncateSync(file('a.yaml', POD), 200 * 1024 * 1024)
    expect(await judged()).toEqual({
      code: 2,
      out: FOUND,
      err: 'stella: a.yaml: is larger than 32 MiB; split it\n',
    })
  })

  test.each([
    ['aliases that multiply', `${POD}x0: &x0 [y]\n${bomb.join('\n')}\nspec: {containers: *x10}\n`],
    [
      'a kind that nobody knows',
      'apiVersion: example.com/v1\nkind: Shop\nspec: {resources: {limits: {memory: 512m}}}\n',
    ],
    ['no kind at all', 'on: push\njobs: {a: {steps: []}}\n'],
    ['nothing in it', ''],
  ])('but not one with %s, which is whole', async (_, text) => {
    file('other/compose.yaml', COMPOSE)
    file('a.yaml', text)
    expect(await judged()).toEqual({ code: 1, out: FOUND, err: '' })
  })

  test('a unit whose lines are no settings says nothing, as systemd reads on', async () => {
    file('other/compose.yaml', COMPOSE)
    file('a.service', '[Service\nMemoryMax\n[Service]\nExecStart="/bin/a\n=5\nMemoryMax=512Mi\n')
    expect((await judged()).out).toBe(
      'a.service:6:11: error S01 512Mi is ignored, as if MemoryMax= did not stand there; 512M is taken\n' +
        FOUND,
    )
  })
})

describe('below a folder', () => {
  const UNIT = '[Service]\nExecStart=/opt/shop\nMemoryMax=512Mi\n'

  test('units, their drop-ins and containers of Quadlet are judged by their names', async () => {
    for (const name of [
      'web.service',
      'a.slice',
      'a.scope',
      'web.service.d/limit.conf',
      'web.container',
    ]) {
      const section = /\.(slice|scope)$/.exec(name)?.[1] ?? 'service'
      const header = `${section[0]?.toUpperCase() ?? ''}${section.slice(1)}`
      file(name, `[${header}]\nMemoryMax=512Mi\n`)
    }
    for (const name of ['nginx/conf.d/a.conf', 'a.conf', 'notes.d/web.conf', 'a.timer'])
      file(name, UNIT)
    const { out } = await judged()
    expect(out.split('\n').map((line) => line.split(':', 1)[0])).toEqual([
      'a.scope',
      'a.slice',
      'web.container',
      'web.service',
      'web.service.d/limit.conf',
      '',
    ])
  })

  test('a file of such a name that is something else is left alone', async () => {
    file('org.example.Shop.service', '[D-BUS Service]\nName=org.example.Shop\nExec=/opt/shop\n')
    file('shop.service', '<?xml version="1.0"?>\n<service-group/>\n')
    expect(await judged()).toEqual({ code: 0, out: '', err: '' })
  })

  test('what is excluded is not walked: neither its depth nor its sockets are told', async () => {
    file('other/compose.yaml', COMPOSE)
    file(`vendor/${'deep/'.repeat(40)}compose.yaml`, COMPOSE)
    const server = createServer().listen(join(folder, 'vendor', 'a.json'))
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      expect((await judged()).err).toContain('more than 32 folders deep')
      expect(await judged('--exclude', `${folder}/vendor`)).toMatchObject({ code: 2 })
      const config = file('settings.yml', 'exclude: [vendor/]\n')
      expect(await judged('--config', config)).toEqual({ code: 1, out: FOUND, err: '' })
    } finally {
      server.close()
    }
  })

  test.each([
    ['*.yaml', '.github/a.yaml'],
    ['**/*.yaml', '.github/workflows/.a.yaml'],
    ['.github', '.github/a.yaml'],
    ['.github/', '.github/deep/a.yaml'],
    ['.*', '.github/a.yaml'],
    ['deploy/**/*.yaml', 'deploy/.local/a.yaml'],
    ['{.github,.gitlab}/*.yaml', '.gitlab/a.yaml'],
  ])('a glob takes names with a dot as .gitignore does: %s covers %s', async (glob, name) => {
    file(name, COMPOSE)
    const config = file('settings.yml', `exclude: [${JSON.stringify(glob)}]\n`)
    expect(await judged('--config', config)).toEqual({ code: 0, out: '', err: '' })
  })

  test.each([
    ['a.yaml', '.a.yaml'],
    ['github', '.github/a.yaml'],
    ['.a.yaml', 'a.yaml'],
  ])('and a dot is a dot: %s does not cover %s', async (glob, name) => {
    file(name, COMPOSE)
    const config = file('settings.yml', `exclude: [${JSON.stringify(glob)}]\n`)
    expect(await judged('--config', config)).toMatchObject({ code: 1 })
  })

  test('a unit that is masked is none, and a .env that is a pipe is not waited for', async () => {
    file('other/compose.yaml', COMPOSE)
    symlinkSync('/dev/null', join(folder, 'other', 'web.service'))
    execFileSync('mkfifo', [join(folder, 'other', '.env')])
    expect(await judged()).toEqual({ code: 1, out: FOUND, err: '' })
  })

  test('a link to a file is read once for each name, and one to its own folder is not followed', async () => {
    file('other/compose.yaml', COMPOSE)
    symlinkSync('compose.yaml', join(folder, 'other', 'link.yaml'))
    symlinkSync('..', join(folder, 'other', 'up'))
    const { out, err } = await judged()
    expect(err).toBe('')
    expect(out.split('\n').map((line) => line.split(':', 1)[0])).toEqual([
      'other/compose.yaml',
      'other/link.yaml',
      '',
    ])
  })
})
