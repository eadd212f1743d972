import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAX_LINES = 400

/** The rooms, lowest first; an import goes from a room to itself or to one before it. */
const ROOMS = [
  'model',
  'evidence',
  'parsers',
  'verdict',
  'advice',
  'bill',
  'simulate',
  'sizing',
  'audit',
  'report',
  'sbom',
  'image',
  'sources',
  'investigate',
  'store',
  'verification',
  'remedy',
  'watch',
  'pressure',
  'labs',
  'runbooks',
  'scanning',
  'doctor',
  'server',
  'app',
  'cli',
]
/** Rooms that run in a browser too. */
const PURE = ROOMS.slice(0, ROOMS.indexOf('sbom'))

interface SourceFile {
  path: string
  room: string
  text: string
  imports: readonly { from: string; typeOnly: boolean }[]
}

const files: readonly SourceFile[] = globSync('src/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    return { path, room: path.split('/')[1] ?? '', text, imports: importsOf(text) }
  })

function importsOf(text: string): SourceFile['imports'] {
  const fixed = text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?\bfrom\s+'([^']+)'/gm)
  const lazy = text.matchAll(/\bimport\('([^']+)'\)/g)
  return [
    ...[...fixed].map(([, type, from = '']) => ({ from, typeOnly: type !== undefined })),
    ...[...lazy].map(([, from = '']) => ({ from, typeOnly: false })),
  ]
}

/** Files of ours that a file imports, as paths from the root. */
function ownImports(file: SourceFile): string[] {
  return file.imports
    .filter(({ from }) => from.startsWith('.') && from.endsWith('.ts'))
    .map(({ from }) => normalize(join(dirname(file.path), from)))
}

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap((file) => ownImports(file)).length).toBeGreaterThan(100)
})

test('every folder below src is a room', () => {
  expect(files.filter(({ room }) => !ROOMS.includes(room)).map(({ path }) => path)).toEqual([])
})

test('no import goes upward', () => {
  const upward = files.flatMap((file) =>
    ownImports(file)
      .filter((path) => ROOMS.indexOf(path.split('/')[1] ?? '') > ROOMS.indexOf(file.room))
      .map((path) => `${file.path} -> ${path}`),
  )
  expect(upward).toEqual([])
})

test('pure rooms know nothing of Node', () => {
  const impure = files.filter(
    ({ room, imports, text }) =>
      PURE.includes(room) &&
      (imports.some(({ from }) => from.startsWith('node:')) ||
        /\b(?:process\.(?:env|argv|cwd|platform|exit|std)|Buffer\.|__dirname)/.test(text)),
  )
  expect(impure.map(({ path }) => path)).toEqual([])
})

test('nothing that the page reaches knows Node, or a library that it does not bring', () => {
  const page = globSync('web/**/*.{ts,tsx}', { cwd: ROOT })
  const seen = new Set<string>()
  const foreign: string[] = []
  function visit(path: string): void {
    if (seen.has(path)) return
    seen.add(path)
    const text = readFileSync(join(ROOT, path), 'utf8')
    for (const { from, typeOnly } of importsOf(text)) {
      if (typeOnly) continue
      if (!from.startsWith('.')) {
        if (!/^(?:preact|mdast-util-from-markdown|preact\/hooks|uplot|yaml|zod\/mini)$/.test(from))
          foreign.push(`${path} -> ${from}`)
      } else if (/\.tsx?$/.test(from)) visit(normalize(join(dirname(path), from)))
    }
  }
  for (const path of page) visit(path)
  expect(seen.size).toBeGreaterThan(200)
  expect(foreign).toEqual([])
})

test('no imports go in a circle, not even of types: each file can be read before those that need it', () => {
  const all = globSync(
    ['src/**/*.ts', 'web/**/*.{ts,tsx}', 'guard/src/**/*.ts', 'scripts/**/*.ts'],
    {
      cwd: ROOT,
    },
  )
  const importsByPath = new Map(
    all.map((path) => [
      path,
      importsOf(readFileSync(join(ROOT, path), 'utf8'))
        .filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => normalize(join(dirname(path), from))),
    ]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  function visit(path: string, trail: readonly string[]): void {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      return
    }
    if (done.has(path)) return
    for (const next of importsByPath.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of all) visit(path, [])
  expect(done.size).toBeGreaterThan(1_500)
  expect(circles).toEqual([])
})

test('the guard, which is published alone, knows nothing but itself and Node', () => {
  const guard = globSync('guard/src/**/*.ts', { cwd: ROOT }).filter(
    (path) => !path.endsWith('.test.ts'),
  )
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'guard/package.json'), 'utf8'))
  const foreign = guard.flatMap((path) =>
    importsOf(readFileSync(join(ROOT, path), 'utf8'))
      .filter(({ from }) =>
        from.startsWith('.')
          ? !normalize(join(dirname(path), from)).startsWith('guard/src/')
          : !from.startsWith('node:'),
      )
      .map(({ from }) => `${path} -> ${from}`),
  )
  expect(guard.length).toBeGreaterThan(15)
  expect(foreign).toEqual([])
  expect(dependencies).toBeUndefined()
})

test(`no file is longer than ${MAX_LINES} lines`, () => {
  const all = [...files.map(({ path }) => path), ...globSync('web/**/*.{ts,tsx}', { cwd: ROOT })]
  const linesOf = (path: string): number =>
    readFileSync(join(ROOT, path), 'utf8').split('\n').length
  expect(all.filter((path) => linesOf(path) > MAX_LINES + 1)).toEqual([])
})

test('the linter forbids the same imports while they are typed', () => {
  const { overrides } = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'))
  for (const [at, room] of ROOMS.slice(0, -1).entries()) {
    const rule = overrides.find(({ files: covered }: { files: string[] }) =>
      covered.includes(`src/${room}/**/*.ts`),
    )
    const [upward, node] = rule.rules['no-restricted-imports'][1].patterns
    for (const above of ROOMS.slice(at + 1)) {
      expect(`../../${above}/x.ts`).toMatch(new RegExp(upward.regex))
    }
    expect(`../${room}/x.ts`).not.toMatch(new RegExp(upward.regex))
    expect(new RegExp(node.regex).test('node:fs')).toBe(PURE.includes(room))
  }
})
