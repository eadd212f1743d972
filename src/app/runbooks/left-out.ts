/** Says that something was left out: the first at once, and those that follow together. */
export interface LeftOut {
  tell(why: string): void
  stop(): void
}

const PAUSE_MS = 60_000

export function createLeftOut(onSays: (says: string) => void): LeftOut {
  let timer: NodeJS.Timeout | null = null
  let held = 0

  return {
    tell(why) {
      if (timer !== null) {
        held++
        return
      }
      onSays(`no runbook is opened: ${why}`)
      timer = setTimeout(() => {
        timer = null
        if (held > 0) onSays(`${held} more were left out: ${why}`)
        held = 0
      }, PAUSE_MS)
      timer.unref()
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}
