import { existsSync, statfsSync } from 'node:fs'
import { formatBytes, GIB, MIB } from '../../model/bytes.ts'
import { storeProblem } from '../../store/problems.ts'
import { surveyCases } from '../../store/cases.ts'
import { openFolders } from '../../store/private-folders.ts'
import type { MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { counted } from '../../model/counted.ts'

/** The journal of cases takes 256 MiB at most, and a database beside it about as much. */
const ROOM = { warn: GIB, fail: 100 * MIB }

export const stellaStore: MachineCheck = {
  of: 'machine',
  id: 'check.stella.store',
  title: 'What stella keeps is whole, and has room',
  severity: 'high',
  runbook: 'docs/guides/cases.md',
  warns:
    'Less than 1 GiB is free where the data folder is; lines of the journal cannot be read; or others than its owner may enter it',
  fails: 'Less than 100 MiB are free there',
  async look({ dataFolder }) {
    if (!existsSync(dataFolder)) {
      return {
        kind: 'skipped',
        says: `nothing is kept in ${dataFolder} yet`,
        todo: 'name the data folder with --data DIR, or as STELLA_DATA',
      }
    }
    const { damaged, dropped, more } = await surveyCases(dataFolder, { limit: 0 })
    const open = openFolders(dataFolder)
    const freeBytes = freeAt(dataFolder)
    const evidence = {
      ...{ dataFolder, freeBytes, recordedCases: more, damagedLines: damaged },
      isFullOfCases: dropped.length > 0,
      foldersOpenToOthers: open.map(({ path, mode }) => ({ path, mode: mode.toString(8) })),
    }
    const room = `${formatBytes(freeBytes)} are free in ${dataFolder}`
    return judged(`${counted(more, 'case is', 'cases are')} kept, and ${room}`, evidence, [
      problemIf(
        freeBytes < ROOM.fail ? 'fail' : freeBytes < ROOM.warn && 'warn',
        `only ${room}`,
        'make room on that file system, or name another folder with --data DIR',
      ),
      problemIf(
        damaged > 0 && 'warn',
        `${counted(damaged, 'line', 'lines')} of the journal cannot be read, and are passed over`,
        'stella doctor fix --check check.stella.store',
        {
          target: { kind: 'data-folder', path: dataFolder },
          change: { kind: 'journal' },
          because: [
            'What cannot be read is of no use, and hides the next damage',
            'A disk that does so again wants a look',
          ],
        },
      ),
      problemIf(
        open.length > 0 && 'warn',
        `others than its owner may enter ${open.map(({ path }) => path).join(', ')}, where the settings of containers stand`,
        `chmod 700 ${open.map(({ path }) => path).join(' ')}`,
        {
          target: { kind: 'data-folder', path: dataFolder },
          change: { kind: 'private' },
          because: ['Records hold the environment of containers, and with it their secrets'],
        },
      ),
    ])
  },
}

/** @throws StellaError (unreachable) where it may not be looked at */
function freeAt(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch (error) {
    throw storeProblem(error, folder, 'the look at its file system')
  }
}
