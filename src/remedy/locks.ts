/** One fix at a time on one target. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EXIT, StellaError } from '../model/errors.ts'
import type { FixTarget } from '../model/fix.ts'
import { privateFolder } from '../store/durable.ts'
import { targetKey } from '../store/fixes.ts'
import { takeLock } from '../store/lock.ts'
import type { Lock, LockClaim, LockOwner } from '../store/lock.ts'

/** Two that ask at the very same moment see each other and step back; one of them comes through soon. */
const ATTEMPTS = 4

/**
 * Takes the lock of a target.
 *
 * @param folder where fixes are kept
 * @throws StellaError naming the owner, where another one holds it
 */
export async function lockTarget(
  folder: string,
  target: FixTarget,
  claim: LockClaim,
): Promise<Lock> {
  const locks = privateFolder(join(folder, 'locks'))
  const name = createHash('sha256').update(targetKey(target)).digest('hex').slice(0, 32)
  for (let attempt = 1; ; attempt++) {
    const taken = takeLock(join(locks, name), claim)
    if (taken.ok) return taken
    if (attempt === ATTEMPTS) throw held(taken.owner)
    await pause(10 + Math.random() * 40)
  }
}

function held({ pid, purpose, since }: LockOwner): StellaError {
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: `another stella works on it: process ${pid} with ${purpose}, since ${new Date(since).toISOString()}`,
    todo: 'wait until it is done, and look at the present state before you try again',
  })
}
