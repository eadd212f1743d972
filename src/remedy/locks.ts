/** One fix at a time on one target. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FixTarget } from '../model/fix.ts'
import { privateFolder } from '../store/durable.ts'
import { targetKey } from '../store/fixes.ts'
import { storeProblem } from '../store/problems.ts'
import { takeLockSoon } from '../store/lock.ts'
import type { Lock, LockClaim } from '../store/lock.ts'

/**
 * Takes the lock of a target.
 *
 * @param folder where fixes are kept
 * @throws StellaError naming the owner, where another one holds it; (unreachable) where the disk is full or may not be written
 */
export async function lockTarget(
  folder: string,
  target: FixTarget,
  claim: LockClaim,
): Promise<Lock> {
  const locks = privateFolder(join(folder, 'locks'))
  const name = createHash('sha256').update(targetKey(target)).digest('hex').slice(0, 32)
  try {
    return await takeLockSoon(join(locks, name), claim)
  } catch (error) {
    throw storeProblem(error, locks, 'the lock of a fix')
  }
}
