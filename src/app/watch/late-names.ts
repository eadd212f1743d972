/** A container that dies as it starts is known to the API server a moment later than its kill is to us. */
import { investigate } from '../../investigate/investigate.ts'
import type { Case } from '../../model/case.ts'
import type { Pods } from '../../watch/pods.ts'
import { podIdentity } from '../../watch/pods.ts'
import type { Detection } from '../../watch/detect/detective.ts'
import { isSameKill } from './follow-ups.ts'

export interface LateNames {
  /** Judges a kill again when its container is known, or when it has not come to be. */
  wait(detection: Detection): void
}

export interface LateNamesOptions {
  pods: Pods
  signal: AbortSignal
  onBetter(incident: string, better: Case): void
}

/** The kubelet tells of a container that ended within some seconds. */
const PATIENCE_MS = 20_000
/** Each holds the evidence of its kill. */
const MAX_WAITING = 200

export function createLateNames({ pods, signal, onBetter }: LateNamesOptions): LateNames {
  let waiting = 0

  async function judgeAgain({ incident, case: found, path, world }: Detection): Promise<void> {
    const place = path === null ? null : pods.at(path)
    if (place === null) return
    const observations = [...world.observations, podIdentity(place)]
    const cases = investigate({ ...world, observations }, null, { all: true })
    onBetter(incident, cases.find((one) => isSameKill(one, found)) ?? found)
  }

  return {
    wait(detection) {
      const { containerId } = detection
      if (containerId === null || waiting >= MAX_WAITING) return
      waiting++
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
      void pods.known(containerId, patience).then(() => {
        waiting--
        return signal.aborted ? undefined : judgeAgain(detection)
      })
    },
  }
}
