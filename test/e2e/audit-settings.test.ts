import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../support/testbed.ts'
import { stella } from '../support/command-line.ts'

const CORRECT = fileURLToPath(new URL('../../fixtures/audit/correct/settings', import.meta.url))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-audit-settings-'))
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

async function found(...args: readonly string[]): Promise<string[]> {
  const { out } = await stella(['audit', ...args, '--json'])
  const { findings }: { findings: { rule: string; file: string; line: number }[] } = JSON.parse(out)
  return findings.map(({ rule, file: path, line }) => `${path.replace(folder, '')}:${line} ${rule}`)
}

const redis = (source: string): string =>
  `services:
  cache:
    image: redis:7
    command: redis-server /etc/redis.conf
    volumes: ["${source}:/etc/redis.conf"]
    mem_limit: 512m
`
const CONF = 'port 6379\nmaxmemory 400mb\n'

test('the files of the correct settings are read: where the limits are small, each is found fault with', async () => {
  cpSync(CORRECT, folder, { recursive: true })
  for (const name of ['compose.yaml', 'configmaps.yaml']) {
    const path = join(folder, name)
    const small = readFileSync(path, 'utf8')
      .replaceAll(/mem_limit: \w+/g, 'mem_limit: 40m')
      .replaceAll('512Mi', '128Mi')
    writeFileSync(path, small)
  }
  const gunicorn = join(folder, 'gunicorn.conf.py')
  writeFileSync(gunicorn, readFileSync(gunicorn, 'utf8').replace(/min\(.*\)/, '4'))
  const files = new Set((await found(folder)).map((line) => line.split(':')[0] ?? ''))
  expect([...files].toSorted()).toEqual([
    '/.npmrc',
    '/compose.yaml',
    '/configmaps.yaml',
    '/ecosystem.json',
    '/gunicorn.conf.py',
    '/heap.options',
    '/jvm.args',
    '/mongod.conf',
    '/postgresql.conf',
    '/primary.conf',
    '/www.conf',
  ])
})

describe('a file that a manifest refers to', () => {
  test('is judged at its own line, by the path that leads to it from where it is run', async () => {
    file('project/redis.conf', CONF)
    file('project/compose.yaml', redis('./redis.conf'))
    expect(await found(folder)).toEqual(['/project/redis.conf:2 B02'])
    const { out } = await stella(['audit', folder])
    expect(out).toContain('  2 | maxmemory 400mb\n    |           ^^^^^\n')
  })

  test('is judged from its folder, where the manifest alone is named', async () => {
    file('redis.conf', CONF)
    expect(await found(file('compose.yaml', redis('./redis.conf')))).toEqual(['/redis.conf:2 B02'])
  })

  test('is not read outside of what is audited: above it, or behind a link', async () => {
    const outside = file('redis.conf', CONF)
    file('project/compose.yaml', redis('../redis.conf'))
    expect(await found(join(folder, 'project'))).toEqual([])
    symlinkSync(outside, join(folder, 'project', 'link.conf'))
    file('project/compose.yaml', redis('./link.conf'))
    expect(await found(join(folder, 'project'))).toEqual([])
    expect(await found(folder)).toHaveLength(1)
  })

  test('is not read where it is excluded, too large, no text, or a pipe', async () => {
    file('compose.yaml', redis('./redis.conf'))
    const conf = file('redis.conf', CONF)
    expect(await found(folder)).toHaveLength(1)
    const config = file('.stella-audit.yaml', 'exclude: [redis.conf]\n')
    expect(await found(folder, '--config', config)).toEqual([])
    for (const text of [CONF + '#'.repeat(1024 * 1024), `${CONF}\0`]) {
      writeFileSync(conf, text)
      expect(await found(folder)).toEqual([])
    }
    writeFileSync(conf, Buffer.concat([Buffer.from(CONF), Buffer.from([0xff])]))
    expect(await found(folder)).toEqual([])
    rmSync(conf)
    run(['mkfifo', conf])
    expect(await found(folder)).toEqual([])
  })

  test('is mended in place, and a second time changes nothing', async () => {
    const npmrc = file('.npmrc', '; ours\nnode-options=--max-old-space-size=2048\n')
    const compose = file(
      'compose.yaml',
      `services:
  web:
    image: node:24-slim
    working_dir: /app
    command: npm start
    volumes: [".:/app"]
    mem_limit: 512m
`,
    )
    const before = readFileSync(compose, 'utf8')
    expect(await found(folder)).toEqual(['/.npmrc:2 N02', '/compose.yaml:5 N06'])
    expect(await found(folder, '--fix')).toEqual(['/compose.yaml:5 N06'])
    expect(readFileSync(npmrc, 'utf8')).toBe('; ours\nnode-options=--max-old-space-size=384\n')
    expect(readFileSync(compose, 'utf8')).toBe(before)
    const { out } = await stella(['audit', folder, '--fix', '--json'])
    expect(JSON.parse(out)).not.toHaveProperty('mended')
  })

  test('gives variables whose secrets are not shown', async () => {
    file('web.env', 'JAVA_TOOL_OPTIONS=-Xmx900m -Ddb.password=correct-horse-battery\nTOKEN=abc\n')
    const compose = `services:
  web:
    image: registry.example.com/web:1
    command: [java, -jar, app.jar]
    env_file: web.env
    mem_limit: 512m
`
    file('compose.yaml', compose)
    expect(await found(folder)).toEqual(['/web.env:1 J01'])
    const { out } = await stella(['audit', folder])
    expect(out).not.toContain('correct-horse')
  })
})
