import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { askHelper } from './helper.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-helper-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
const ENV = { PATH: `${FOLDER}:/usr/bin:/bin` }

function helper(name: string, script: string): void {
  const path = join(FOLDER, `docker-credential-${name}`)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

test('it is asked for a server, and for nothing else', async () => {
  helper('echo', 'read server; echo "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"$server\\"}"')
  const answer = await askHelper('echo', 'ghcr.io', ENV, new AbortController().signal)
  expect(answer).toEqual({ kind: 'found', user: 'get', secret: 'ghcr.io' })
})

test('one that does not answer is not waited for', async () => {
  helper('slow', 'exec sleep 60')
  const answer = await askHelper('slow', 'ghcr.io', ENV, new AbortController().signal, 100)
  expect(answer).toEqual({
    kind: 'failed',
    says: 'docker-credential-slow gave no answer in 0.1 s',
  })
})
