/** Listens to the engines of this machine, also to one that is installed or started later. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import { engines } from '../../sources/docker/index.ts'
import type { Engine } from '../../sources/docker/engine.ts'
import type { Reader } from '../../sources/reader.ts'
import { followEngine } from '../../watch/detect/engine-events.ts'

export interface EngineEarOptions {
  reader: Reader
  signal: AbortSignal
  onEvent(event: Observation<ContainerEvent>): void
  /** `why`: null where it answers again. */
  onBlind(engine: EngineName, why: string | null): void
}

export type EngineName = 'docker' | 'podman'

const NAMES: readonly EngineName[] = ['docker', 'podman']
/** Between two looks for an engine that is not there. */
const LOOK_AGAIN_MS = 15_000
const PATIENCE_MS = 5_000

/** Listens until the signal. An engine that is not there is nothing to tell; one that was there and went is. */
export function listenToEngines(options: EngineEarOptions): void {
  for (const name of NAMES) void listen(name, options)
}

async function listen(name: EngineName, options: EngineEarOptions): Promise<void> {
  const { reader, signal } = options
  let since = reader.now()
  while (!signal.aborted) {
    const engine = await answering(reader, name, signal)
    if (engine !== null) {
      await followEngine(reader, {
        engine,
        since,
        signal,
        onEvent: options.onEvent,
        onBlind: (why) => options.onBlind(name, why),
      })
      return
    }
    since = reader.now()
    await pause(LOOK_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** The first of the places where an engine may be that answers. */
async function answering(
  reader: Reader,
  name: EngineName,
  signal: AbortSignal,
): Promise<Engine | null> {
  for (const engine of engines(reader, name)) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    const { outcome } = await engine.version(patience)
    if (outcome === 'answered') return engine
  }
  return null
}
