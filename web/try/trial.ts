/** One reading of files, which goes on while one looks at another view. */
import type { Case } from '../../src/model/case.ts'
import { announce } from '../shell/announce.ts'
import { createStore } from '../shell/store.ts'
import { counted } from '../words/time.ts'
import type { Given } from './given-files.ts'
import type { WorkerNews } from './messages.ts'

export type Trial =
  | { kind: 'idle' }
  | { kind: 'reading'; files: number; totalBytes: number; doneBytes: number; shown: string }
  | { kind: 'judging'; files: number }
  | Judged
  | { kind: 'failed'; says: string }

export interface Judged {
  kind: 'judged'
  names: readonly string[]
  cases: readonly Case[]
  unknown: readonly string[]
  observations: number
}

export const trial = createStore<Trial>({ kind: 'idle' })

let worker: Worker | null = null

/** Reads and judges; what was being read before is given up. */
export function start({ files, isCut }: Given): void {
  stop()
  if (files.length === 0) {
    trial.set({ kind: 'failed', says: 'There was no file in it.' })
    return
  }
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0)
  const names = files.map(({ path }) => path)
  const more = isCut ? ['only the first 10,000 files were read'] : []
  trial.set({
    kind: 'reading',
    files: files.length,
    totalBytes,
    doneBytes: 0,
    shown: names[0] ?? '',
  })
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  worker = made
  made.addEventListener('message', ({ data }: MessageEvent<WorkerNews>) => {
    switch (data.kind) {
      case 'reading':
        trial.set({ ...data, files: files.length, totalBytes })
        return
      case 'judging':
        trial.set({ kind: 'judging', files: files.length })
        return
      case 'done':
        end({ ...data, kind: 'judged', names, unknown: [...data.unknown, ...more] })
        announce(
          data.cases.length === 0
            ? 'Read. There is nothing to judge in it.'
            : `Read: ${counted(data.cases.length, 'case')}`,
        )
        return
      case 'failed':
        end({ kind: 'failed', says: data.says })
    }
  })
  made.addEventListener('error', ({ message }) =>
    end({
      kind: 'failed',
      says: message || 'The part of the page that reads could not be fetched: load the page again.',
    }),
  )
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin of its own
  made.postMessage(files)
}

/** Gives up, and forgets what was found. */
export function stop(): void {
  worker?.terminate()
  worker = null
  trial.set({ kind: 'idle' })
}

function end(state: Trial): void {
  worker?.terminate()
  worker = null
  trial.set(state)
}
