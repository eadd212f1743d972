/** One owner at a time, also where several stellas run. */
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import { bootId, identityOf, isFromHere, livesStill } from '../sources/proc/identity.ts'
import { writeDurably } from './durable.ts'
import { holdKernelLock, isKernelLockHeld } from './kernel-lock.ts'

const Owner = z.object({
  pid: z.number(),
  /** Clock ticks after boot: with the PID, the identity of a process. */
  startTicks: z.string(),
  bootId: z.string(),
  /** PIDs mean something within their namespace alone. */
  pidNamespace: z.string(),
  /** What it does: `fix-20260102-…`. */
  purpose: z.string(),
  since: z.number(),
})
export type LockOwner = z.infer<typeof Owner>

/** What the one who wants a lock is about to do, and when. */
export interface LockClaim {
  purpose: string
  at: Instant
}

/** What holds until it is released. */
export interface Lock {
  release(): void
}

export type LockAttempt = ({ ok: true } & Lock) | { ok: false; owner: LockOwner }

const SUFFIX = '.lock'
/** Beside the file of an owner, and locked while it lives. */
const ALIVE = '.alive'

/**
 * Tries once to take a lock. Each who wants it writes a file of its own first, `PATH.PID-….lock`, and looks for others then,
 * so of two that come at once at least one sees the other; both may step back. The file of a dead owner is removed.
 *
 * @param path of the lock, in a folder that exists
 */
export function takeLock(path: string, claim: LockClaim): LockAttempt {
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`
  const letGo = holdKernelLock(own + ALIVE)
  writeDurably(own, JSON.stringify(ownerNow(claim)))
  const release = (): void => {
    rmSync(own, { force: true })
    letGo()
  }
  const owner = livingOwner(path, { except: own })
  if (owner === null) return { ok: true, release }
  release()
  return { ok: false, owner }
}

/** Two that ask at the very same moment see each other and step back; one of them comes through soon. */
const ATTEMPTS = 4

/**
 * Takes a lock.
 *
 * @throws StellaError (unreachable) naming the owner, where another one holds it
 */
export async function takeLockSoon(path: string, claim: LockClaim): Promise<Lock> {
  for (let attempt = 1; ; attempt++) {
    const taken = takeLock(path, claim)
    if (taken.ok) return taken
    if (attempt === ATTEMPTS) throw held(taken.owner)
    await pause(10 + Math.random() * 40)
  }
}

function held({ pid, purpose, since }: LockOwner): StellaError {
  return new StellaError({
    exitCode: EXIT.unreachable,
    refusal: 'conflict',
    what: `another stella works on it: process ${pid} with ${purpose}, since ${new Date(since).toISOString()}`,
    todo: 'wait until it is done, and look at the present state before you try again',
  })
}

/** Who holds a lock now; null: nobody. The files of dead owners are removed, unless they are only looked at. */
export function livingOwner(
  path: string,
  { except = null, tidy = true }: { except?: string | null; tidy?: boolean } = {},
): LockOwner | null {
  const folder = dirname(path)
  const names = readdirSync(folder).filter(
    (name) => name.startsWith(`${basename(path)}.`) && name.endsWith(SUFFIX),
  )
  for (const file of names.map((name) => join(folder, name))) {
    if (file === except) continue
    const owner = readOwner(file)
    if (owner !== null && lives(owner, file)) return owner
    if (tidy) for (const gone of [file, file + ALIVE]) rmSync(gone, { force: true })
  }
  return null
}

function readOwner(file: string): LockOwner | null {
  try {
    const read = Owner.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function ownerNow({ purpose, at }: LockClaim): LockOwner {
  return { ...identityOf(process.pid), purpose, since: at }
}

/** One in another PID namespace, a container, cannot be looked up from here: the kernel knows whether it has ended. */
function lives(owner: LockOwner, file: string): boolean {
  if (isFromHere(owner)) return livesStill(owner)
  return owner.bootId === bootId() && isKernelLockHeld(file + ALIVE)
}
