/** One writer at a time for each recorded subject. */
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'

const Owner = z.object({
  pid: z.number(),
  /** Clock ticks after boot: with the PID, the identity of a process. */
  startTicks: z.string(),
  bootId: z.string(),
  /** PIDs mean something within their namespace alone. */
  pidNamespace: z.string(),
})
export type LockOwner = z.infer<typeof Owner>

export type LockAttempt = { ok: true; release(): void } | { ok: false; owner: LockOwner }

const SUFFIX = '.lock'

/**
 * Takes the lock of a folder. Each who wants it writes a file of its own first and looks for others then, so of two that
 * come at once at least one sees the other. The file of a dead owner is removed.
 */
export function takeWriterLock(folder: string): LockAttempt {
  const own = `${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`
  const path = join(folder, own)
  writeFileSync(path, JSON.stringify(ownerNow()), { mode: 0o600 })
  const owner = livingOwner(folder, own)
  if (owner === null) return { ok: true, release: () => rmSync(path, { force: true }) }
  rmSync(path, { force: true })
  return { ok: false, owner }
}

/** Who writes in a folder now; null: nobody. The files of dead owners are removed, unless they are only looked at. */
export function livingOwner(
  folder: string,
  except: string | null = null,
  options: { tidy: boolean } = { tidy: true },
): LockOwner | null {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(SUFFIX) || name === except) continue
    const owner = readOwner(join(folder, name))
    if (owner !== null && lives(owner)) return owner
    if (options.tidy) rmSync(join(folder, name), { force: true })
  }
  return null
}

function readOwner(path: string): LockOwner | null {
  try {
    const read = Owner.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function ownerNow(): LockOwner {
  return {
    pid: process.pid,
    startTicks: startTicksOf(process.pid),
    bootId: textOf('/proc/sys/kernel/random/boot_id').trim(),
    pidNamespace: pidNamespace(),
  }
}

/** One in another PID namespace cannot be looked up from here: it counts as alive until the machine restarts. */
function lives(owner: LockOwner): boolean {
  const now = ownerNow()
  if (owner.bootId !== now.bootId) return false
  if (owner.pidNamespace !== now.pidNamespace) return true
  return startTicksOf(owner.pid) === owner.startTicks
}

/** Field 22 of stat; the name in field 2 may hold anything, its last parenthesis ends it. A zombie writes no more. */
function startTicksOf(pid: number): string {
  const match = /^.*\) (\S)(?: \S+){18} (\d+)/s.exec(textOf(`/proc/${pid}/stat`))
  return match === null || match[1] === 'Z' ? '' : (match[2] ?? '')
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
