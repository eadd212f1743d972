/**
 * A program: the dead man's switch of an experiment. `keeper.ts ORDER`, an order as JSON. It holds the lock of the machine, and
 * listens to whoever runs the experiment: when that one is gone, silent for too long, or late, it takes the experiment back.
 */
import { createInterface } from 'node:readline'
import { StellaError } from '../../model/errors.ts'
import { hostReader } from '../../sources/reader.ts'
import { takeLockSoon } from '../../store/lock.ts'
import type { FromKeeper, KeeperOrder } from '../keeper.ts'
import { lockPath } from '../keeper.ts'
import { pressureStore } from '../records.ts'
import { takeBackRecord } from '../take-back.ts'

/** A stella that was stopped watches nothing. */
const SILENCE_MS = 5_000

const order: KeeperOrder = JSON.parse(process.argv[2] ?? '{}')
const reader = hostReader()

function tell(message: FromKeeper): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

async function keep(): Promise<void> {
  const claim = { purpose: `the experiment ${order.id}`, at: reader.now() }
  const lock = await takeLockSoon(lockPath(order.lockFolder), claim)
  try {
    tell({ kind: 'ready' })
    const why = await watch()
    if (why === null) return
    const store = pressureStore(order.dataFolder)
    const record = store.read(order.id)
    if (record !== null) await takeBackRecord(record, why, store, reader)
  } finally {
    lock.release()
  }
}

/** Why it has to be taken back; null: it is over. */
function watch(): Promise<string | null> {
  return new Promise((resolve) => {
    let heardAt = performance.now()
    const end = heardAt + order.ttlMs
    const lines = createInterface({ input: process.stdin })
    lines.on('line', (line) => {
      heardAt = performance.now()
      if (line === 'over') resolve(null)
    })
    lines.on('close', () => resolve('the stella that ran it was ended'))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('its keeper was told to end'))
    }
    setInterval(() => {
      const now = performance.now()
      if (now - heardAt > SILENCE_MS) resolve('the stella that ran it was silent')
      if (now > end) resolve('it took longer than it may')
    }, 250).unref()
  })
}

// Nobody may be left to read.
process.stdout.on('error', () => undefined)
try {
  await keep()
} catch (error) {
  if (!(error instanceof StellaError)) throw error
  const { exitCode, message: what, where, todo } = error
  tell({ kind: 'refused', exitCode, what, where, todo })
}
process.exit()
