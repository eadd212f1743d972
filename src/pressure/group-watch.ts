/** What is seen of a group while it is pressed; our own allocator in it does not count. */
import { hitsOfVersionOne } from '../model/limit-hits.ts'
import { parsePressure } from '../parsers/cgroup/pressure.ts'
import { limit } from '../parsers/cgroup/values.ts'
import { identityOf, livesStill } from '../sources/proc/identity.ts'
import { listFolder, textOrNull } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import type { SubjectSeen } from './subject.ts'

export interface GroupWatch {
  /** How often the kernel killed in it since this watch began; null: the group is gone. */
  kills(): number | null
  /** How often it killed where the allocator lives: in a group of its own nobody else can be meant. */
  killsBesideOurs(): number
  /** The main process of a container, or anybody in a group. */
  isAlive(): boolean
  /** Null: it cannot be read. */
  usageBytes(): number | null
  /** How often its limit was reached since this watch began; null: it cannot be read. */
  limitHits(): number | null
  /** Percent of the last ten seconds: `full avg10` of the group; null: the kernel does not tell it. */
  psiFull(): number | null
}

/** Groups inside that are looked at. */
const MOST_GROUPS = 256

export interface Ours {
  /** The folder of the group that was made for the allocator; null: there is none. */
  leaf: string | null
  /** Who of ours lives in the subject's own group. */
  pid: number | null
  /** How often the kernel killed ours in the subject's own group. */
  kills(): number
}

export function watchOf(
  { folder, version, mainPid }: Pick<SubjectSeen, 'folder' | 'version' | 'mainPid'>,
  reader: Reader,
  ours: () => Ours,
): GroupWatch {
  const main = mainPid === null ? null : identityOf(mainPid)
  const events = version === 1 ? 'memory.oom_control' : 'memory.events'

  function foldersBelow(): readonly string[] {
    const { leaf } = ours()
    const found: string[] = []
    const queue = [folder]
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next === leaf || found.length === MOST_GROUPS) continue
      found.push(next)
      const listed = listFolder(reader, next)
      if (listed.ok) queue.push(...listed.folders.map((name) => `${next}/${name}`))
    }
    return found
  }
  const counted = (path: string): number | null =>
    numberAfter('oom_kill', textOrNull(reader, `${path}/${events}`))

  /** v1 counts in the group of the victim, v2 in those above it, too. */
  function killsNow(): number | null {
    const own = counted(folder)
    if (own === null) return null
    if (version === 2) return own - leafKills()
    return foldersBelow().reduce((sum, path) => sum + (counted(path) ?? 0), 0)
  }
  function leafKills(): number {
    const { leaf } = ours()
    return (leaf === null ? null : counted(leaf)) ?? 0
  }
  function hitsNow(): number | null {
    if (version === 2) return numberAfter('max', textOrNull(reader, `${folder}/memory.events`))
    const textAt = (name: string) => textOrNull(reader, `${folder}/memory.${name}`)
    const limitAt = (name: string) => limit(textAt(name) ?? undefined).bytes
    return hitsOfVersionOne(numberIn(textAt('failcnt')), {
      limitBytes: limitAt('limit_in_bytes'),
      swapLimitBytes: limitAt('memsw.limit_in_bytes'),
    })
  }

  const killsBefore = killsNow() ?? 0
  const hitsBefore = hitsNow()
  return {
    kills() {
      const now = killsNow()
      return now === null ? null : Math.max(0, now - killsBefore - ours().kills())
    },
    killsBesideOurs: () => (ours().leaf === null ? (killsNow() ?? 0) - killsBefore : leafKills()),
    isAlive() {
      if (main !== null) return livesStill(main)
      return foldersBelow().some((path) => livesIn(reader, path, ours().pid))
    },
    usageBytes() {
      const file = version === 1 ? 'memory.usage_in_bytes' : 'memory.current'
      return numberIn(textOrNull(reader, `${folder}/${file}`))
    },
    limitHits() {
      const now = hitsNow()
      return now === null || hitsBefore === null ? null : now - hitsBefore
    },
    psiFull() {
      const text = textOrNull(reader, `${folder}/memory.pressure`)
      return parsePressure(text ?? '')?.full?.avg10 ?? null
    },
  }
}

function livesIn(reader: Reader, folder: string, except: number | null): boolean {
  const pids = (textOrNull(reader, `${folder}/cgroup.procs`) ?? '').split('\n').filter(Boolean)
  return pids.some((pid) => Number(pid) !== except)
}

function numberIn(text: string | null): number | null {
  return text !== null && /^\d+\s*$/.test(text) ? Number(text) : null
}

function numberAfter(key: string, text: string | null): number | null {
  const digits = new RegExp(`^${key} (\\d+)$`, 'm').exec(text ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}
