import { closeSync, openSync, writeSync } from 'node:fs'
import { unreachableError, usageError, type StellaError } from '../../../model/errors.ts'
import type { Subject, Target } from '../../../model/subject.ts'
import { csvLines } from '../../../parsers/series/write-csv.ts'
import { errorCode } from '../../../model/error-code.ts'
import type { CliIo } from '../../context.ts'
import type { RecordingDesk } from '../../engine.ts'

/**
 * Writes a recording as CSV.
 *
 * @throws StellaError 2 where it is not clear which one; 3 where there is none, or the file cannot be written
 */
export function exportRecording(
  io: CliIo,
  desk: RecordingDesk,
  { folder, target, file }: { folder: string; target: Target | undefined; file: string },
): void {
  const recording = desk.read(chosen(desk, folder, target))
  if (recording === null) throw nothing(folder)
  if (file === '-') {
    for (const line of csvLines(recording)) io.out(`${line}\n`)
    return
  }
  try {
    const descriptor = openSync(file, 'w')
    try {
      for (const line of csvLines(recording)) writeSync(descriptor, `${line}\n`)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw unreachableError(
      `it could not be written (${errorCode(error)})`,
      file,
      'name another file with --export FILE',
      { cause: error },
    )
  }
}

function chosen(desk: RecordingDesk, folder: string, target: Target | undefined): Subject {
  const all = desk.list().map(({ subject }) => subject)
  const fitting = target === undefined ? all : all.filter((subject) => isMeant(subject, target))
  const [only, second] = fitting
  if (only === undefined) throw nothing(folder)
  if (second === undefined) return only
  const names = fitting.slice(0, 5).map(({ platform, name, id }) => `${platform}:${name ?? id}`)
  throw usageError(
    `${fitting.length} recordings are meant: ${names.join(', ')}`,
    folder,
    'name one of them as TARGET',
  )
}

function isMeant({ platform, name, id }: Subject, target: Target): boolean {
  switch (target.kind) {
    case 'container':
      return platform === target.engine && name === target.name
    case 'cgroup':
      return platform === 'cgroup' && name === target.path
    case 'process':
      return platform === 'process' && id === String(target.pid)
    case 'name':
      return name === target.name
    case 'host':
    case 'pod':
    case 'marathon':
      return false
  }
}

function nothing(folder: string): StellaError {
  return unreachableError(
    'nothing is recorded of it',
    folder,
    "see what is with 'stella record --list', or name another folder with --data DIR",
  )
}
