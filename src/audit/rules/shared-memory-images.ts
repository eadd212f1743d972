import type { Container } from '../workload.ts'
import { imageName } from '../runtimes/options.ts'

/** Programs that need more than the 64 MiB of /dev/shm that a container gets (moby, DefaultShmSize; the CRI the same). */
const NEEDS: readonly { name: RegExp; says: string }[] = [
  {
    name: /^(?:postgres|postgresql|postgis|timescaledb|pgvector)$/,
    says: 'PostgreSQL puts what parallel queries share there',
  },
  {
    name: /^(?:standalone-(?:chrome|chromium|edge|firefox)|node-(?:chrome|chromium|edge|firefox)|chrome|chromium|browserless|playwright|puppeteer)$/,
    says: 'a browser puts its pages there, and crashes when it is full',
  },
  { name: /^(?:pytorch|pytorch-.*)$/, says: 'workers that load data hand it over there' },
]

/** Why a container needs a larger /dev/shm; null where nothing is known. */
export function needOfSharedMemory({ image, memoryMounts }: Container): string | null {
  if (memoryMounts.some(({ path }) => path?.replace(/\/$/, '') === '/dev/shm')) return null
  const { name } = imageName(image)
  return NEEDS.find((need) => need.name.test(name))?.says ?? null
}
