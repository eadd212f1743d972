import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunDesk } from '../../runbooks/run/desk.ts'
import { runPipeline } from '../../runbooks/run/pipeline.ts'
import { stellaProgram } from './stella-program.ts'

/** A run with real programs, on this machine. */
export function liveDesk(known: Omit<RunDesk, 'host' | 'run' | 'stella' | 'pause'>): RunDesk {
  return {
    ...known,
    host: hostname(),
    run: runPipeline,
    stella: stellaProgram(),
    async pause(ms) {
      try {
        await pause(ms, undefined, { signal: known.signal })
      } catch (error) {
        if (!known.signal.aborted) throw error
      }
    },
  }
}
