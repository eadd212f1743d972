/** Ends experiments that nobody runs any more. */
import type { Reader } from '../sources/reader.ts'
import { privateFolder } from '../store/durable.ts'
import { takeLockSoon } from '../store/lock.ts'
import { ended } from './journal.ts'
import type { PressureRecord } from './journal.ts'
import { lockPath } from './keeper.ts'
import { putBack } from './put-back.ts'
import type { PressureStore } from './records.ts'

/** Takes one back, and writes down that it was interrupted. */
export async function takeBackRecord(
  record: PressureRecord,
  why: string,
  store: PressureStore,
  reader: Reader,
): Promise<PressureRecord> {
  const done = await putBack(record, store, reader)
  const isBack = done.every(({ status }) => status === 'succeeded')
  const journal = { ...record.journal, rollbacks: [...record.journal.rollbacks, ...done] }
  const over = ended(journal, reader.now(), {
    status: journal.status ?? 'interrupted',
    deviated: journal.deviated,
    why: journal.stella.why ?? why,
  })
  // One that is not all taken back is tried again by whoever comes next.
  const next = { ...record, journal: over, left: !isBack }
  store.write(next)
  return next
}

/** Takes back what dead owners left; whoever calls holds the lock of the machine. */
export async function recoverExperiments(
  store: PressureStore,
  reader: Reader,
  only: string | null = null,
): Promise<readonly PressureRecord[]> {
  const left = store.list().filter((record) => record.left && (only === null || record.id === only))
  const done: PressureRecord[] = []
  for (const record of left) {
    done.push(await takeBackRecord(record, 'the stella that ran it was ended', store, reader))
  }
  return done
}

/**
 * The same for whoever asks for nothing else.
 *
 * @throws StellaError where an experiment runs
 */
export async function recoverAll(
  store: PressureStore,
  reader: Reader,
  { lockFolder, only }: { lockFolder: string; only: string | null },
): Promise<readonly PressureRecord[]> {
  const claim = { purpose: 'the undo of an experiment', at: reader.now() }
  const lock = await takeLockSoon(lockPath(privateFolder(lockFolder)), claim)
  try {
    return await recoverExperiments(store, reader, only)
  } finally {
    lock.release()
  }
}
