import { programIndex } from '../documents/words.ts'
import type { Severity } from '../rule.ts'
import type { Container } from '../workload.ts'
import { imageName } from '../runtimes/options.ts'

interface Need {
  name: RegExp
  severity: Severity
  says: string
}

/** What such images hold beside their server: clients, and what only waits. */
const OTHER_PROGRAM =
  /^(?:psql|pg_isready|pg_dump|pg_dumpall|pg_restore|pg_basebackup|createdb|sleep|cp|chown|true)$/

/** Programs that need more than the 64 MiB of /dev/shm that a container gets (moby, DefaultShmSize; the CRI the same). */
const NEEDS: readonly Need[] = [
  {
    name: /^(?:postgres|postgresql|postgis|timescaledb|pgvector)$/,
    // Its own settings keep what one query shares below 64 MiB: only several at once, or a larger work_mem, pass it.
    severity: 'info',
    says: 'PostgreSQL puts what parallel queries share there',
  },
  {
    severity: 'warning',
    name: /^(?:standalone-(?:chrome|chromium|edge|firefox)|node-(?:chrome|chromium|edge|firefox)|chrome|chromium|browserless|playwright|puppeteer)$/,
    says: 'a browser puts its pages there, and crashes when it is full',
  },
  {
    severity: 'warning',
    name: /^(?:pytorch|pytorch-.*)$/,
    says: 'workers that load data hand it over there',
  },
]

/** Why a container needs a larger /dev/shm; null where nothing is known. */
export function needOfSharedMemory({ image, memoryMounts, role, words }: Container): Need | null {
  if (memoryMounts.some(({ path }) => path?.replace(/\/$/, '') === '/dev/shm')) return null
  if (role === 'init' || programIndex(words, OTHER_PROGRAM) !== -1) return null
  const { name } = imageName(image)
  return NEEDS.find((need) => need.name.test(name)) ?? null
}
