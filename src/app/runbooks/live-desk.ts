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

/** What the programs of a run find in their environment: `stella` among them works on the same data. */
export function runEnv(
  env: Readonly<Record<string, string | undefined>>,
  dataFolder: string,
): RunDesk['env'] {
  return { ...env, STELLA_DATA: dataFolder, LC_ALL: 'C', NO_COLOR: '1' }
}
