/** What goes on all the time, each at its own pace, until it is told to end; what fails is counted and told at the end. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Lanes {
  every(name: string, ms: number, work: Work): void
  /** As `every`, but not at once. */
  later(name: string, ms: number, work: Work): void
  /** Waits for what is being done. */
  end(): Promise<void>
  /** How often something failed, by its name and its words. */
  readonly troubles: ReadonlyMap<string, number>
  /** How often each was done. */
  readonly done: ReadonlyMap<string, number>
}

/** Rounds count from 0. False: there was nothing to be done. */
type Work = (round: number) => Promise<void> | void | boolean

export function openLanes(): Lanes {
  const ending = new AbortController()
  const lanes: Promise<void>[] = []
  const troubles = new Map<string, number>()
  const done = new Map<string, number>()

  async function go(name: string, ms: number, work: Work): Promise<void> {
    for (let round = 0; !ending.signal.aborted; round++) {
      const begun = performance.now()
      try {
        if ((await work(round)) !== false) done.set(name, (done.get(name) ?? 0) + 1)
      } catch (error) {
        const [says = ''] = String(error).split('\n')
        const trouble = `${name}: ${says.slice(0, 200)}`
        troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1)
      }
      await rest(ms - (performance.now() - begun))
    }
  }

  async function rest(ms: number): Promise<void> {
    await pause(Math.max(0, ms), undefined, { signal: ending.signal }).catch(() => undefined)
  }

  return {
    every: (name, ms, work) => void lanes.push(go(name, ms, work)),
    later: (name, ms, work) => void lanes.push(rest(ms).then(() => go(name, ms, work))),
    async end() {
      ending.abort()
      await Promise.all(lanes)
    },
    troubles,
    done,
  }
}
