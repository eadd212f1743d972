import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stella } from '../support/command-line.ts'

const CORRECT = fileURLToPath(new URL('../../fixtures/audit/correct', import.meta.url))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-audit-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('nothing is found in correct files, and the code is 0', async () => {
  expect(await stella(['audit', CORRECT])).toEqual({
    code: 0,
    out: expect.stringMatching(/^No memory mistakes in \d+ files\n$/),
    err: '',
  })
})

/** Silence is worth something only where a mistake would have been told. */
test.each([
  ['stateful.yaml', 'shared_buffers = 512MB', 'shared_buffers = 1900MB', ['B05', 'B06']],
  ['stateful.yaml', 'sizeLimit: 256Mi', 'sizeLimit: 2Gi', ['K12']],
  ['agents.yaml', ', limits: {memory: 48Mi}', '', ['K17']],
  ['agents.yaml', '180MiB', '180Mi', ['G04']],
  ['nightly.yaml', 'MaxRAMPercentage=60', 'MaxRAMPercentage=98', ['J04']],
  ['rendered.yaml', '--max-old-space-size=600', '--max-old-space-size=1200', ['N02']],
  ['project/.env', 'API_MEMORY=768m', 'API_MEMORY=384m', ['N02', 'N02']],
  ['project/compose.yaml', '--maxmemory 256mb', '--maxmemory 380mb', ['B02']],
  ['project/compose.yaml', '-Xms1g -Xmx1g', '-Xms2g -Xmx2g', ['B07', 'J03']],
  ['stages.Dockerfile', 'Percentage=50 -XX', 'Percentage=99 -XX', ['J04']],
  ['marathon-group.json', '300mb', '500mb', ['B02']],
  [
    'systemd/worker@.service',
    '--max-old-space-size=350',
    '--max-old-space-size=600',
    ['N02', 'C18'],
  ],
])('what is wrong in %s with %s as "%s" is found', async (path, right, wrong, rules) => {
  const copy = join(folder, 'correct')
  cpSync(CORRECT, copy, { recursive: true })
  const text = readFileSync(join(copy, path), 'utf8')
  expect(text.split(right)).toHaveLength(2)
  writeFileSync(
    join(copy, path),
    text.replace(right, () => wrong),
  )
  const { code, out } = await stella(['audit', join(copy, dirname(path)), '--quiet'])
  expect(code).toBe(1)
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => / ([A-Z]\d\d) /.exec(line)?.[1]),
  ).toEqual(rules)
})
