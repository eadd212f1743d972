import type { Instant } from '../../model/time.ts'

/** A text that an engine answered, and where it came from. */
export interface EngineText {
  text: string
  /** `GET /containers/…/json`, or the command. */
  from: string
  truncated: boolean
}

export type EngineAnswer =
  | ({ outcome: 'answered' } & EngineText)
  | { outcome: 'not-found' }
  /** Nobody answers there. */
  | { outcome: 'unreachable'; says: string }
  /** Somebody does, and does not let us in. */
  | { outcome: 'denied'; says: string }
  /** Somebody does, with a fault, or not in time. */
  | { outcome: 'failed'; says: string }

/** What we ask of a container engine, over its API or its command line. Nothing here throws. */
export interface Engine {
  name: 'docker' | 'podman'
  /** The socket, URL or program. */
  where: string
  inspect(container: string, signal: AbortSignal): Promise<EngineAnswer>
  /** Its own version, in JSON. */
  version(signal: AbortSignal): Promise<EngineAnswer>
  /** What it says of itself and its machine, in JSON. */
  info(signal: AbortSignal): Promise<EngineAnswer>
  /** All running containers in short, as a JSON array. */
  list(signal: AbortSignal): Promise<EngineAnswer>
  /** The same with those that do not run. */
  listAll(signal: AbortSignal): Promise<EngineAnswer>
  /** Engine events of one container that are past; they end at `until`. */
  events(
    id: string,
    span: { since: Instant | null; until: Instant },
    signal: AbortSignal,
  ): Promise<EngineAnswer>
  /**
   * The events of all containers from `since` on, as they happen: JSON, piece by piece. Resolves when the stream ended, with
   * the reason; without one it was ended by the signal.
   */
  follow(
    since: Instant,
    signal: AbortSignal,
    onChunk: (chunk: Uint8Array) => void,
  ): Promise<{ says: string } | null>
  /** The last lines of both output streams, each with its time. `tty`: the engine keeps one stream only. */
  logs(
    id: string,
    options: { tty: boolean; lines: number },
    signal: AbortSignal,
  ): Promise<EngineAnswer>
  /** One sample, without waiting for a second one. */
  stats(id: string, signal: AbortSignal): Promise<EngineAnswer>
}

/** Answers are cut here; the largest inspect output seen is 60 KiB, and the log lines asked for may be 16 KiB each. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024
