import type { Container } from '../workload.ts'
import { imageName } from './options.ts'

/** Whether the program gets its memory from the allocator of glibc as it is: its image is one of these, and nothing else is set. */
export function usesPlainGlibc(container: Container, images: RegExp): boolean {
  const { image, environment } = container
  const { name, tag } = imageName(image)
  if (!images.test(name) || /alpine|musl|nanoserver|windows/.test(tag)) return false
  return !['MALLOC_ARENA_MAX', 'GLIBC_TUNABLES', 'LD_PRELOAD'].some((key) => environment.has(key))
}
