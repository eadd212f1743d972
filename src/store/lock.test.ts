import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeLock } from './lock.ts'

const CLAIM = { purpose: 'a test', at: 1_000 }
const LOCK = new URL('./lock.ts', import.meta.url).href
/** Takes the lock, says so, and lives on. */
const OWNER = `
import { takeLock } from ${JSON.stringify(LOCK)}
console.log(takeLock(process.argv[1], ${JSON.stringify(CLAIM)}).ok)
setInterval(() => undefined, 1000)
`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Another process that owns the lock, and what ends it. */
async function otherOwner(path: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OWNER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(child.stdout, 'data')
  expect(String(said)).toBe('true\n')
  return async () => {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
}

/** What it would look like from within another container. */
function fromAnotherNamespace(): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.lock'))) {
    const file = join(folder, name)
    const owner = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...owner, pidNamespace: 'pid:[1]' }))
  }
}

describe('a lock', () => {
  it.each([
    ['of this PID namespace', () => undefined],
    ['of a container', fromAnotherNamespace],
  ])('is held while its owner lives, and free when it was killed: %s', async (_, look) => {
    const path = join(folder, 'thing')
    const kill = await otherOwner(path)
    look()
    expect(takeLock(path, CLAIM)).toMatchObject({ ok: false, owner: { purpose: 'a test' } })
    // Asking took nothing away from it.
    expect(takeLock(path, CLAIM).ok).toBe(false)
    await kill()
    const own = takeLock(path, CLAIM)
    expect(own.ok).toBe(true)
    if (own.ok) own.release()
    expect(readdirSync(folder)).toEqual([])
  })
})
