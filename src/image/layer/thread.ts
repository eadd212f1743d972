/** A program: the thread that carries out the jobs of layers, one after the other. */
import { parentPort } from 'node:worker_threads'
import { errorMessage } from '../../model/error-message.ts'
import { CATALOGERS } from '../../sbom/catalogers/index.ts'
import { carryOutJob } from './job.ts'
import type { JobResult, LayerJob } from './job.ts'
import { LayerError } from './layer-error.ts'

/** To the thread. */
export type ToThread =
  | { kind: 'job'; job: LayerJob }
  /** Its bytes are handed over. */
  | { kind: 'chunk'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'end' }
  /** Whoever reads the chunks failed. */
  | { kind: 'broken' }

/** From the thread. */
export type FromThread =
  | { kind: 'more' }
  | { kind: 'done'; result: JobResult }
  | {
      kind: 'failed'
      says: string
      /** Null: a fault of ours. */
      layer: Pick<LayerError, 'offset' | 'entry' | 'todo'> | null
    }

const port = parentPort
if (port === null) throw new Error('this is a thread of another program')
const tell = (message: FromThread): void => port.postMessage(message)

let arrived: (() => void) | null = null
const queue: Exclude<ToThread, { kind: 'job' }>[] = []

port.on('message', (message: ToThread) => {
  if (message.kind === 'job') {
    queue.length = 0
    void carryOut(message.job)
    return
  }
  queue.push(message)
  arrived?.()
})

async function carryOut(job: LayerJob): Promise<void> {
  try {
    const chunks = job.place.kind === 'chunks' ? arriving() : null
    tell({
      kind: 'done',
      result: await carryOutJob(job, { catalogers: CATALOGERS, chunks, signal: null }),
    })
  } catch (error) {
    const isLayer = error instanceof LayerError
    const says = errorMessage(error)
    tell({
      kind: 'failed',
      says,
      layer: isLayer ? { offset: error.offset, entry: error.entry, todo: error.todo } : null,
    })
  }
}

async function* arriving(): AsyncGenerator<Uint8Array> {
  for (;;) {
    while (queue.length === 0) {
      await new Promise<void>((resolve) => {
        arrived = resolve
      })
    }
    const message = queue.shift()
    if (message === undefined || message.kind === 'end') return
    if (message.kind === 'broken') throw new LayerError('was not read to its end', null)
    yield message.bytes
    tell({ kind: 'more' })
  }
}
