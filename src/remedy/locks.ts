/** One fix at a time on one target, also where several stellas run. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import type { FixTarget } from '../model/fix.ts'
import type { Instant } from '../model/time.ts'
import { privateFolder, writeDurably } from '../store/fixes/durable.ts'
import { targetKey } from '../store/fixes.ts'

export interface TargetLock {
  release(): void
}

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
type Owner = z.infer<typeof Owner>

/** Two that ask at the very same moment see each other and step back; one of them comes through soon. */
const ATTEMPTS = 4

/**
 * Takes the lock of a target. Each writes a file of its own first and looks for others then, so of two that ask at once at
 * least one sees the other. The file of a dead owner counts for nothing and is removed.
 *
 * @param folder where fixes are kept
 * @throws StellaError naming the owner, where another one holds it
 */
export async function lockTarget(
  folder: string,
  target: FixTarget,
  claim: { purpose: string; at: Instant },
): Promise<TargetLock> {
  const locks = privateFolder(join(folder, 'locks'))
  const prefix = createHash('sha256').update(targetKey(target)).digest('hex').slice(0, 32)
  const own = `${prefix}.${process.pid}-${randomBytes(4).toString('hex')}.lock`
  const path = join(locks, own)
  for (let attempt = 1; ; attempt++) {
    writeDurably(path, JSON.stringify(ownerNow(claim)))
    const other = otherOwner(locks, prefix, own)
    if (other === null) return { release: () => rmSync(path, { force: true }) }
    rmSync(path, { force: true })
    if (attempt === ATTEMPTS) throw held(other)
    await pause(10 + Math.random() * 40)
  }
}

function otherOwner(locks: string, prefix: string, own: string): Owner | null {
  const names = readdirSync(locks).filter(
    (name) => name.startsWith(`${prefix}.`) && name.endsWith('.lock') && name !== own,
  )
  for (const name of names) {
    const owner = readOwner(join(locks, name))
    if (owner !== null && lives(owner)) return owner
    rmSync(join(locks, name), { force: true })
  }
  return null
}

function readOwner(path: string): Owner | null {
  try {
    const read = Owner.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function ownerNow(claim: { purpose: string; at: Instant }): Owner {
  return {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    bootId: bootId(),
    pidNamespace: pidNamespace(),
    purpose: claim.purpose,
    since: claim.at,
  }
}

/** One in another PID namespace cannot be looked up from here: it counts as alive until the machine restarts. */
function lives(owner: Owner): boolean {
  if (owner.bootId !== bootId()) return false
  if (owner.pidNamespace !== pidNamespace()) return true
  return startTicksOf(owner.pid) === owner.startTicks
}

/** Field 22 of stat; the name in field 2 may hold anything, its last parenthesis ends it. */
function startTicksOf(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`)
  return /^.*\)(?: \S+){19} (\d+)/s.exec(stat)?.[1] ?? null
}

function bootId(): string {
  return textOf('/proc/sys/kernel/random/boot_id').trim()
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

function held({ pid, purpose, since }: Owner): StellaError {
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: `another stella works on it: process ${pid} with ${purpose}, since ${new Date(since).toISOString()}`,
    todo: 'wait until it is done, and look at the present state before you try again',
  })
}
