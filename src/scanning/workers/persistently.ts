/** A database that is started again is away for a moment; what is known must not be lost for it. */
import { setTimeout as pause } from 'node:timers/promises'
import { errorMessage } from '../../model/error-message.ts'

const FIRST_WAIT_MS = 250
/** About a minute in all. */
const WAITS = 9
const LONGEST_WAIT_MS = 10_000

/** Tries again what fails, ever later; the last failure is thrown. */
export async function persistently(
  act: () => Promise<void>,
  onTrouble: (says: string) => void,
): Promise<void> {
  for (let waits = 0; ; waits++) {
    try {
      return await act()
    } catch (error) {
      if (waits >= WAITS) throw error
      if (waits === 0) onTrouble(errorMessage(error))
      await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** waits))
    }
  }
}
