/** Who may enter the data folder: records hold the settings of containers, with their environment. */
import { chmodSync, statSync } from 'node:fs'
import { unreachableError } from '../../../model/errors.ts'
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import { modeOf, openFolders } from '../../../store/private-folders.ts'
import { conflict } from '../../conflict.ts'
import { accessError } from '../../text-edit/file.ts'
import type { ModeData } from './step.ts'

const PRIVATE = 0o700

export function planPrivate(dataFolder: string): Pick<ChangePlan, 'changes' | 'steps' | 'title'> {
  const folders = openFolders(dataFolder)
  refuseOthers(folders.map(({ path }) => path))
  return {
    title: `Let nobody but its owner enter ${folders.map(({ path }) => path).join(', ')}`,
    changes: folders.map(({ path, mode }) => ({
      field: path,
      before: octal(mode),
      after: octal(PRIVATE),
    })),
    steps: folders.map(({ path, mode }): FixStep => {
      const data: ModeData = { kind: 'mode', path, before: mode, after: PRIVATE }
      const says = `set the mode of ${path} to ${octal(PRIVATE)}`
      return { id: path, says, command: `chmod ${octal(PRIVATE)} ${path}`, data }
    }),
  }
}

/** @throws StellaError (unreachable) where they belong to somebody else */
function refuseOthers(paths: readonly string[]): void {
  const userId = process.getuid?.() ?? 0
  const foreign = paths.find((path) => userId !== 0 && statSync(path).uid !== userId)
  if (foreign === undefined) return
  throw unreachableError(
    `it belongs to user ${statSync(foreign).uid}, and stella runs as user ${userId}`,
    foreign,
    'run stella as its owner, or as root',
  )
}

export function setMode({ path, before, after }: ModeData): void {
  move(path, { from: before, to: after, force: false })
}

export function takeModeBack({ path, before, after }: ModeData, force: boolean): void {
  // It was dropped or moved away: there is nothing to give back.
  if (modeOf(path) === null) return
  move(path, { from: after, to: before, force })
}

function move(
  path: string,
  { from, to, force }: { from: number; to: number; force: boolean },
): void {
  const now = modeOf(path)
  if (now === to) return
  if (now !== from && !force) {
    const what = now === null ? 'is gone' : `has mode ${octal(now)} now: somebody else changed it`
    throw conflict(what, path, 'decide by hand which mode it shall have, with chmod')
  }
  try {
    chmodSync(path, to)
  } catch (error) {
    throw accessError(error, 'change', path)
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0')
}
